/** Takes the text of a value that carries events of its own, in pieces. */
export abstract class CarriedValue {
  /** Ready for another answer. */
  abstract reset(): void;

  abstract feed(pointer: usize, length: i32): void;

  /** The value is complete. */
  abstract end(): void;
}
