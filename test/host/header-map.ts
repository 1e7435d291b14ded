import type { Pair } from "./pairs.ts";

/** Headers as a test writes them; a list gives a name several values. */
export type HeaderInput = Record<string, string | readonly string[]> | readonly Pair[];

/** Names that Envoy 1.40 keeps once: a second value is appended to the first with a comma. */
const JOINED = new Set(
  (
    ":authority :method :path :scheme :status accept accept-encoding access-control-request-headers " +
    "access-control-request-method age authorization cache-control connection content-encoding content-length content-type " +
    "date etag expect expires grpc-message grpc-status grpc-timeout if-match if-modified-since if-none-match if-range " +
    "if-unmodified-since keep-alive last-modified origin pragma proxy-connection referer server te transfer-encoding upgrade " +
    "user-agent vary via x-forwarded-client-cert x-forwarded-for x-forwarded-host x-forwarded-proto x-request-id"
  ).split(" "),
);

/** One header or trailer map: names in lower case, order kept, duplicates kept except for the names that Envoy joins. */
export class HeaderMap {
  readonly #pairs: Pair[] = [];

  constructor(input: HeaderInput = []) {
    if (Array.isArray(input)) for (const [name, value] of input as readonly Pair[]) this.add(name, value);
    else {
      for (const [name, values] of Object.entries(input as Record<string, string | readonly string[]>)) {
        for (const value of typeof values === "string" ? [values] : values) this.add(name, value);
      }
    }
  }

  get pairs(): readonly Pair[] {
    return this.#pairs;
  }

  /** Names and values together, in bytes of ASCII text. */
  get byteSize(): number {
    return this.#pairs.reduce((total, [name, value]) => total + name.length + value.length, 0);
  }

  /** The first value, as `proxy_get_header_map_value` gives it. */
  get(name: string): string | undefined {
    return this.all(name)[0];
  }

  all(name: string): string[] {
    const key = keyOf(name);
    return this.#pairs.filter(([each]) => each === key).map(([, value]) => value);
  }

  has(name: string): boolean {
    return this.all(name).length > 0;
  }

  add(name: string, value: string): void {
    const key = keyOf(name);
    const present = JOINED.has(key) ? this.#pairs.find(([each]) => each === key) : undefined;
    if (present) present[1] = `${present[1]},${value}`;
    else this.#pairs.push([key, value]);
  }

  /** Removes every value and puts this one at the end. */
  set(name: string, value: string): void {
    this.remove(name);
    this.add(name, value);
  }

  remove(name: string): void {
    const key = keyOf(name);
    const kept = this.#pairs.filter(([each]) => each !== key);
    this.#pairs.splice(0, this.#pairs.length, ...kept);
  }

  replaceAll(pairs: readonly Pair[]): void {
    this.#pairs.length = 0;
    for (const [name, value] of pairs) this.add(name, value);
  }

  copy(): HeaderMap {
    return new HeaderMap(this.#pairs.map(([name, value]): Pair => [name, value]));
  }
}

function keyOf(name: string): string {
  const key = name.toLowerCase();
  return key === "host" ? ":authority" : key;
}
