import { expect } from "vitest";
import { type Outcome } from "../../host/exchange.ts";
import { type WasmHost } from "../../host/wasm-host.ts";
import { isUndecided, LONG_MS, wrongWith } from "./visible.ts";

/**
 * Whatever happened, a request whose client has sent all of it is forwarded whole, answered or reset: it never hangs, and what
 * is forwarded has the length that its headers say. A plugin's own answers are JSON and say in the details who gave them.
 */
export function expectDefinedEnd(host: WasmHost, plugin: string, { stream }: Outcome): void {
  if (isUndecided(stream)) host.tick(LONG_MS);
  expect(wrongWith(stream, plugin)).toBeUndefined();
  const reply = stream.localReply;
  if (reply?.details.startsWith("weir.")) {
    // None of the contract's requests is a HEAD or asks for what only a rule refuses.
    expect(reply.details).toMatch(new RegExp(`^weir\\.${plugin}\\.[a-z_]+$`));
    expect(reply.headers.get("content-type")).toBe("application/json");
    expect(() => void JSON.parse(reply.body)).not.toThrow();
  }
  stream.finish();
}
