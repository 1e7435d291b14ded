import { Bytes } from "../bytes/view";
import { proxy_get_buffer_bytes, proxy_set_buffer_bytes } from "./imports";
import { BODY_WINDOW_BYTES, OUT_LENGTH, OUT_POINTER, beginRead, beginReadTo, bodyWindow, takeRead } from "./memory";
import { Status } from "./status";

export const enum BufferType {
  RequestBody = 0,
  ResponseBody = 1,
  DownstreamData = 2,
  UpstreamData = 3,
  CalloutBody = 4,
  GrpcMessage = 5,
  VmConfiguration = 6,
  PluginConfiguration = 7,
}

/** Bytes that the host holds for the current callback. */
@final
export class HostBuffer {
  private readonly window: Bytes = new Bytes();

  constructor(private readonly type: BufferType) {}

  /**
   * At most `BODY_WINDOW_BYTES` from `start`, valid until the next body read; null when the host doesn't give them. Fewer
   * bytes than asked for mean that the buffer ends there.
   */
  read(start: i32, length: i32): Bytes | null {
    beginRead(bodyWindow);
    const wanted = min(length, BODY_WINDOW_BYTES);
    if (proxy_get_buffer_bytes(this.type, start, wanted, OUT_POINTER, OUT_LENGTH) != Status.Ok) return null;
    return takeRead(this.window);
  }

  /** Copies `length` bytes from `start` to `pointer`, in one read; false when the host doesn't give just these. */
  copyTo(pointer: usize, start: i32, length: i32): bool {
    beginReadTo(pointer, length);
    if (proxy_get_buffer_bytes(this.type, start, length, OUT_POINTER, OUT_LENGTH) != Status.Ok) return false;
    const given = takeRead(this.window);
    return given.pointer == pointer && given.length == length;
  }

  /** Puts `length` bytes in place of the first `replaced` bytes; with 0 of them, before all that is there. */
  replaceHead(replaced: i32, pointer: usize, length: i32): bool {
    return proxy_set_buffer_bytes(this.type, 0, replaced, pointer, length) == Status.Ok;
  }

  append(size: i32, pointer: usize, length: i32): bool {
    return proxy_set_buffer_bytes(this.type, size, 0, pointer, length) == Status.Ok;
  }
}

export const requestBody = new HostBuffer(BufferType.RequestBody);
export const responseBody = new HostBuffer(BufferType.ResponseBody);
export const calloutBody = new HostBuffer(BufferType.CalloutBody);
export const grpcMessage = new HostBuffer(BufferType.GrpcMessage);

let vmConfigurationSize: i32 = 0;

/** The VM starts, with a configuration of so many bytes. */
export function noteVmConfiguration(size: i32): void {
  vmConfigurationSize = size;
}

/** The configuration that all plugins of this VM share, while the VM starts or one of them is configured; null when the host doesn't give it. */
export function readVmConfiguration(): ArrayBuffer | null {
  return readConfiguration(BufferType.VmConfiguration, vmConfigurationSize);
}

/** The whole of a configuration of `size` bytes, kept; null when the host doesn't give all of them. */
export function readConfiguration(type: BufferType, size: i32): ArrayBuffer | null {
  const all = new ArrayBuffer(size);
  const buffer = new HostBuffer(type);
  let done = 0;
  while (done < size) {
    const piece = buffer.read(done, size - done);
    if (piece == null || piece.length == 0) return null;
    const length = min(piece.length, size - done);
    memory.copy(changetype<usize>(all) + done, piece.pointer, length);
    done += length;
  }
  return all;
}
