import { ByteBuffer } from "../../assembly/bytes/buffer";
import { ByteString, Bytes } from "../../assembly/bytes/view";

const NUL: u8 = 0;

/** The parts of an AWS credential: of the configuration, or views of what `parse` was given. Empty when absent. */
@final
export class AwsKeys {
  readonly accessKeyId: Bytes = new Bytes();
  readonly secretAccessKey: Bytes = new Bytes();
  readonly sessionToken: Bytes = new Bytes();

  constructor(
    private readonly ownId: ByteString | null = null,
    private readonly ownSecret: ByteString | null = null,
    private readonly ownSession: ByteString | null = null,
  ) {
    if (ownId != null) this.accessKeyId.set(ownId.pointer, ownId.length);
    if (ownSecret != null) this.secretAccessKey.set(ownSecret.pointer, ownSecret.length);
    if (ownSession != null) this.sessionToken.set(ownSession.pointer, ownSession.length);
  }

  /** Points at the parts of what `appendAwsKeys` wrote; false when it is something else. */
  parse(text: Bytes): bool {
    const first = text.pointer;
    const idEnd = indexOfNul(text, 0);
    const secretEnd = indexOfNul(text, idEnd + 1);
    if (secretEnd >= text.length) return false;
    this.accessKeyId.set(first, idEnd);
    this.secretAccessKey.set(first + idEnd + 1, secretEnd - idEnd - 1);
    this.sessionToken.set(first + secretEnd + 1, text.length - secretEnd - 1);
    return true;
  }
}

/** Appends the parts as one token. False: no room, or a part that can't be in a header. */
export function appendAwsKeys(out: ByteBuffer, id: string, secret: string, session: string): bool {
  return (
    appendText(out, id) &&
    out.appendByte(NUL) &&
    appendText(out, secret) &&
    out.appendByte(NUL) &&
    appendText(out, session)
  );
}

/** False for anything but visible ASCII. */
export function appendText(out: ByteBuffer, text: string): bool {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit <= 0x20 || unit >= 0x7f || !out.appendByte(<u8>unit)) return false;
  }
  return true;
}

function indexOfNul(text: Bytes, from: i32): i32 {
  let at = from;
  while (at < text.length && text.at(at) != NUL) at++;
  return at;
}
