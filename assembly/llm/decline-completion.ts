import { ByteBuffer } from "../bytes/buffer";
import { Dialect } from "./dialect";
import { ReplyStream } from "./reply-stream";
export function appendDecline(out: ByteBuffer, dialect: Dialect, model: string, message: string, streams: bool): bool { return false; }
export function appendDeclineEnd(out: ByteBuffer, dialect: Dialect, stream: ReplyStream, message: string): bool { return false; }
