import { Sha256, writeHex } from "../../../assembly/bytes/sha256";
import { FastSha256 } from "../../../assembly/crypto/fast-sha256";
import { Bytes } from "../../../assembly/bytes/view";

const digest = new StaticArray<u8>(32);

/** The hexadecimal digest of `bytes`, fed as two pieces that are cut at `cut`, by either of the two. */
export function sha256(bytes: ArrayBuffer, cut: i32, isFast: bool): string {
  const hash: Sha256 = isFast ? new FastSha256() : new Sha256();
  const pointer = changetype<usize>(bytes);
  hash.update(pointer, cut);
  hash.update(pointer + cut, bytes.byteLength - cut);
  hash.finish(changetype<usize>(digest));
  const hex = new StaticArray<u8>(64);
  writeHex(new Bytes().set(changetype<usize>(digest), 32), changetype<usize>(hex));
  return String.UTF8.decodeUnsafe(changetype<usize>(hex), 64);
}
