import { encodeUtf8 } from "../bytes/text";
import { ByteString, Bytes } from "../bytes/view";
import { CalloutKind, CalloutReply } from "./context";
import { calloutHeaders } from "./headers";
import { proxy_grpc_call, proxy_grpc_cancel, proxy_http_call, proxy_set_effective_context } from "./imports";
import { OUT_NUMBER } from "./memory";
import { serialisePairs } from "./pairs";
import { IdTable } from "./id-table";
import { findRoot, findStream } from "./registry";
import { Status } from "./status";

const STATUS_HEADER = new ByteString(":status");
const NO_PAIRS = serialisePairs([]);
const reply = new CalloutReply();

/** Who waits for a callout: a stream, or with 0 the configuration itself. */
@final
class Waiting {
  constructor(
    readonly id: u32,
    readonly streamId: u32,
    readonly tag: u32,
  ) {}
}

/** HTTP and gRPC callouts number their tokens apart. */
const waitingHttp = new IdTable<Waiting>();
const waitingGrpc = new IdTable<Waiting>();

/** A host may count its tokens from 0, which is no id. */
@inline
function idOf(token: u32): u32 {
  return token + 1;
}

/**
 * Calls `cluster` over HTTP. The reply comes to `onCallout(tag, ...)` of the stream, if it still lives then, or of the
 * configuration where `streamId` is 0. False: not sent (unknown cluster, or a host without callouts), no reply will come.
 *
 * `headers` are names and values in turn, with `:method`, `:path` and `:authority`.
 */
export function httpCallout(
  streamId: u32,
  tag: u32,
  cluster: string,
  headers: string[],
  body: usize,
  bodyLength: i32,
  timeoutMs: u32,
): bool {
  const name = encodeUtf8(cluster);
  const pairs = serialisePairs(headers);
  store<u32>(OUT_NUMBER, 0);
  const status = proxy_http_call(
    changetype<usize>(name),
    name.byteLength,
    changetype<usize>(pairs),
    pairs.byteLength,
    body,
    bodyLength,
    changetype<usize>(NO_PAIRS),
    NO_PAIRS.byteLength,
    timeoutMs,
    OUT_NUMBER,
  );
  if (status != Status.Ok) return false;
  waitingHttp.set(new Waiting(idOf(load<u32>(OUT_NUMBER)), streamId, tag));
  return true;
}

/** The token of a gRPC callout that can be cancelled; 0 when it was not sent. */
export function grpcCallout(
  streamId: u32,
  tag: u32,
  cluster: string,
  service: string,
  method: string,
  message: usize,
  messageLength: i32,
  timeoutMs: u32,
): u32 {
  const upstream = encodeUtf8(cluster);
  const serviceName = encodeUtf8(service);
  const methodName = encodeUtf8(method);
  store<u32>(OUT_NUMBER, 0);
  const status = proxy_grpc_call(
    changetype<usize>(upstream),
    upstream.byteLength,
    changetype<usize>(serviceName),
    serviceName.byteLength,
    changetype<usize>(methodName),
    methodName.byteLength,
    changetype<usize>(NO_PAIRS),
    NO_PAIRS.byteLength,
    message,
    messageLength,
    timeoutMs,
    OUT_NUMBER,
  );
  if (status != Status.Ok) return 0;
  const token = load<u32>(OUT_NUMBER);
  waitingGrpc.set(new Waiting(idOf(token), streamId, tag));
  return token;
}

export function cancelGrpcCallout(token: u32): void {
  waitingGrpc.delete(idOf(token));
  proxy_grpc_cancel(token);
}

/** Routes an HTTP callout's end. A count of 0 headers means that no answer came. */
export function deliverHttpReply(rootId: u32, token: u32, headerCount: i32, bodySize: i32, trailerCount: i32): void {
  reply.kind = CalloutKind.Http;
  reply.answered = headerCount > 0;
  const status = reply.answered ? calloutHeaders.get(STATUS_HEADER) : null;
  reply.status = status == null ? 0 : decimal(status);
  reply.bodySize = bodySize;
  reply.trailerCount = trailerCount;
  deliver(rootId, waitingHttp, token);
}

/** Routes a gRPC callout's message: for a unary call, the answer. */
export function deliverGrpcMessage(rootId: u32, token: u32, size: i32): void {
  reply.kind = CalloutKind.Grpc;
  reply.answered = true;
  reply.status = 0;
  reply.bodySize = size;
  reply.trailerCount = 0;
  deliver(rootId, waitingGrpc, token);
}

/** Routes the end of a gRPC callout whose message never came; after a message there is nobody waiting any more. */
export function deliverGrpcClose(rootId: u32, token: u32, status: i32): void {
  reply.kind = CalloutKind.Grpc;
  reply.answered = false;
  reply.status = status;
  reply.bodySize = 0;
  reply.trailerCount = 0;
  deliver(rootId, waitingGrpc, token);
}

function deliver(rootId: u32, waiting: IdTable<Waiting>, token: u32): void {
  const target = waiting.get(idOf(token));
  if (target == null) return;
  waiting.delete(idOf(token));
  if (target.streamId == 0) {
    const root = findRoot(rootId);
    if (root != null) root.onCallout(target.tag, reply);
    return;
  }
  const stream = findStream(target.streamId);
  if (stream == null || proxy_set_effective_context(target.streamId) != Status.Ok) return;
  stream.onCallout(target.tag, reply);
}

function decimal(digits: Bytes): i32 {
  let value = 0;
  for (let i = 0; i < digits.length && i < 3; i++) value = value * 10 + (digits.at(i) - 0x30);
  return value;
}
