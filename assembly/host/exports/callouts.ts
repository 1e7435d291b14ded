import { deliverGrpcClose, deliverGrpcMessage, deliverHttpReply } from "../callouts";
import { enter, leave } from "../registry";

export function proxy_on_http_call_response(
  rootId: u32,
  token: u32,
  headerCount: i32,
  bodySize: i32,
  trailerCount: i32,
): void {
  enter();
  deliverHttpReply(rootId, token, headerCount, bodySize, trailerCount);
  leave();
}

export function proxy_on_grpc_receive(rootId: u32, token: u32, size: i32): void {
  enter();
  deliverGrpcMessage(rootId, token, size);
  leave();
}

export function proxy_on_grpc_close(rootId: u32, token: u32, status: i32): void {
  enter();
  deliverGrpcClose(rootId, token, status);
  leave();
}
