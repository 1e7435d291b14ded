import { type BodyBuffer } from "./body-buffer.ts";
import { EMPTY } from "./bytes.ts";
import { type BufferType, MapType, StreamType, type Context } from "./context.ts";
import type { Callbacks, Direction } from "./direction.ts";
import { HeaderMap } from "./header-map.ts";

interface Body {
  /** The piece that is with a callback. */
  piece: BodyBuffer | undefined;
  /** The last callback held: the next one sees all that is held. */
  isHolding: boolean;
}

/** The maps and bodies of a stream as the module sees them, callback by callback: Envoy's `Wasm::Context`. */
export class FilterView {
  /** The stream's maps by their ABI number, whether or not the module may see them now. */
  readonly maps: (HeaderMap | undefined)[] = [];
  /** While the log callback runs every map is readable again. */
  isLogging = false;

  readonly #visible: (HeaderMap | undefined)[] = [];
  readonly #bodies: [request: Body, response: Body] = [
    { piece: undefined, isHolding: false },
    { piece: undefined, isHolding: false },
  ];

  constructor(
    readonly context: Context & { isClosed: boolean },
    readonly direction: (type: 0 | 1) => Direction,
  ) {}

  /** The module's callbacks for one direction. */
  callbacks(type: 0 | 1): Callbacks {
    const { host } = this.context.root;
    const name = type === StreamType.Request ? "request" : "response";
    const [headers, trailers] =
      type === StreamType.Request
        ? [MapType.RequestHeaders, MapType.RequestTrailers]
        : [MapType.ResponseHeaders, MapType.ResponseTrailers];
    const show = (map: number, callback: (count: number) => number): number => {
      this.#visible[map] = this.maps[map];
      const action = callback(this.maps[map]?.pairs.length ?? 0);
      if (action === 0) this.#visible[map] = undefined;
      return action;
    };
    return {
      headers: (end) =>
        show(headers, (count) => host.callHeaders(this.context, `proxy_on_${name}_headers`, count, end)),
      trailers: () => show(trailers, (count) => host.callTrailers(this.context, `proxy_on_${name}_trailers`, count)),
      data: (piece, end) => this.#data(type, `proxy_on_${name}_body`, piece, end),
    };
  }

  readable(type: number): HeaderMap | undefined {
    return (this.isLogging && type !== MapType.RequestTrailers ? this.maps[type] : undefined) ?? this.#visible[type];
  }

  /** A map of trailers comes into being when it is asked for with the last piece of a body. */
  writable(type: number): HeaderMap | undefined {
    if (type === MapType.RequestTrailers || type === MapType.ResponseTrailers) {
      const direction = this.direction(type === MapType.RequestTrailers ? StreamType.Request : StreamType.Response);
      if (direction.mayAddTrailers) {
        direction.hasTrailers = true;
        this.#visible[type] = this.maps[type] ??= new HeaderMap();
      }
    }
    return this.#visible[type];
  }

  body(type: typeof BufferType.RequestBody | typeof BufferType.ResponseBody): BodyBuffer | Uint8Array {
    const { isHolding, piece } = this.#bodies[type];
    return (isHolding ? this.direction(type).held : piece) ?? EMPTY;
  }

  /** After `proxy_continue_stream`, of either direction, the request is out of sight. */
  hideRequest(): void {
    this.#visible[MapType.RequestHeaders] = undefined;
    this.#visible[MapType.RequestTrailers] = undefined;
    this.#bodies[StreamType.Request].piece = undefined;
  }

  #data(type: 0 | 1, callback: string, piece: BodyBuffer, end: boolean): number {
    const body = this.#bodies[type];
    const direction = this.direction(type);
    if (body.isHolding) {
      direction.hold(piece);
      if (this.context.isClosed) return 1;
    }
    body.piece = piece;
    const size = body.isHolding ? (direction.held?.size ?? 0) : piece.size;
    const action = this.context.root.host.callData(this.context, callback, size, end);
    body.isHolding = action === 1;
    // Envoy keeps a pointer to a piece that is gone; nothing can be read there.
    body.piece = undefined;
    return action;
  }
}
