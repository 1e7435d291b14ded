/** A promise that stays open until `release()`; releasing it again does nothing. */
export class Gate {
  release: () => void = () => undefined;
  readonly opened = new Promise<void>((open) => (this.release = open));
}
