/** Bytes that look random and are the same for the same seed (xorshift32). */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0 || 0x9e3779b9;
  }

  fill(bytes: Uint8Array): void {
    for (let index = 0; index < bytes.length; index++) {
      this.#state ^= this.#state << 13;
      this.#state ^= this.#state >>> 17;
      this.#state ^= this.#state << 5;
      bytes[index] = this.#state >>> 16;
    }
  }
}
