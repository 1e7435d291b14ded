import { ByteString } from "../../assembly/bytes/view";
import { Refusal } from "../../assembly/filter/refusal";
import { ResponseHead } from "../../assembly/filter/response-head";
import { TokenSource } from "../../assembly/filter/token-source";
import { NO_CREDENTIAL } from "./refusals";

/** No key in particular. */
export const NO_KEY: i32 = -1;

/** How a provider knows who calls it. Made at load; what changes afterwards is shared by all requests. */
export abstract class Credential {
  constructor(
    /** The header that `put` overwrites; null when it sets none. */
    readonly header: ByteString | null,
    /** What has to be fetched before `put`; null: nothing. */
    readonly source: TokenSource | null = null,
    /** `put` needs the hash of the whole body. */
    readonly hashesBody: bool = false,
  ) {}

  /** Chooses among several keys, for one attempt; `NO_KEY` when there is no choice. */
  chooseKey(): i32 {
    return NO_KEY;
  }

  /**
   * Puts the credential into the request's headers, which are as they will go out. `bodyHash` is the SHA-256 in hexadecimal
   * digits where `hashesBody`, else 0. Null, or why it can't; then the request must not go.
   */
  abstract put(key: i32, bodyHash: usize): Refusal | null;

  /** The provider has answered to what `put` sent with this key. */
  onAnswer(_key: i32, _head: ResponseHead): void {}
}

/** For a provider that wants none. */
@final
export class NoCredential extends Credential {
  constructor() {
    super(null);
  }

  put(_key: i32, _bodyHash: usize): Refusal | null {
    return null;
  }
}

/** For a provider whose optional secret is missing: nothing goes to it. */
@final
export class MissingCredential extends Credential {
  constructor() {
    super(null);
  }

  put(_key: i32, _bodyHash: usize): Refusal | null {
    return NO_CREDENTIAL;
  }
}
