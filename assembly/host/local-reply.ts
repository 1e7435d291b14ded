import { encodeUtf8 } from "../bytes/text";
import { proxy_send_local_response } from "./imports";
import { serialisePairs } from "./pairs";
import { Status } from "./status";

const NO_GRPC_STATUS: i32 = -1;

/**
 * Answers the stream at hand. Works as long as the response's headers have not gone out; afterwards Envoy cuts the stream.
 *
 * `details` becomes the response code details of access logs; `headers` are names and values in turn.
 */
export function sendLocalReply(
  status: u32,
  details: string,
  body: usize,
  bodyLength: i32,
  headers: string[],
  grpcStatus: i32 = NO_GRPC_STATUS,
): bool {
  const detailBytes = encodeUtf8(details);
  const headerBytes = serialisePairs(headers);
  return (
    proxy_send_local_response(
      status,
      changetype<usize>(detailBytes),
      detailBytes.byteLength,
      body,
      bodyLength,
      changetype<usize>(headerBytes),
      headerBytes.byteLength,
      grpcStatus,
    ) == Status.Ok
  );
}
