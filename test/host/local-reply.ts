import { EMPTY, toText } from "./bytes.ts";
import type { LocalReplyRequest } from "./context.ts";
import { HeaderMap } from "./header-map.ts";

/** The response that Envoy makes of a local reply (`Utility::prepareLocalReply`); to a gRPC request it has no body. */
export function prepareLocalReply(reply: LocalReplyRequest, isGrpc: boolean): { headers: HeaderMap; body: Uint8Array } {
  const headers = new HeaderMap([[":status", String(reply.status)], ...reply.headers]);
  if (isGrpc) {
    headers.set(":status", "200");
    headers.set("content-type", "application/grpc");
    headers.set("grpc-status", String(reply.grpcStatus ?? grpcStatusOf(reply.status)));
    if (reply.body.length > 0) headers.set("grpc-message", encodeURI(toText(reply.body)));
    headers.remove("content-length");
    return { headers, body: EMPTY };
  }
  headers.remove("content-length");
  if (reply.body.length === 0) {
    headers.remove("content-type");
  } else {
    headers.set("content-length", String(reply.body.length));
    if (!headers.has("content-type")) headers.set("content-type", "text/plain");
  }
  return { headers, body: reply.body };
}

/** The gRPC project's own mapping of HTTP statuses. */
function grpcStatusOf(status: number): number {
  const known: Record<number, number> = { 400: 13, 401: 16, 403: 7, 404: 12, 429: 14, 502: 14, 503: 14, 504: 14 };
  return known[status] ?? 2;
}
