import { Status } from "./status.ts";

interface Entry {
  value: Uint8Array;
  cas: number;
}

/** Shared data of one process, by VM id. */
export class SharedData {
  readonly #entries = new Map<string, Entry>();
  #nextCas = 1;

  get(vmId: string, key: string): Readonly<Entry> | undefined {
    return this.#entries.get(`${vmId}\0${key}`);
  }

  /** The keys of a VM id, in the order they were first set. */
  keys(vmId: string): string[] {
    return [...this.#entries.keys()]
      .filter((key) => key.startsWith(`${vmId}\0`))
      .map((key) => key.slice(vmId.length + 1));
  }

  /** A `cas` of 0 sets unconditionally; any other must be the entry's, unless there is no entry yet. */
  set(vmId: string, key: string, value: Uint8Array, cas: number): number {
    const full = `${vmId}\0${key}`;
    const present = this.#entries.get(full);
    if (present && cas !== 0 && cas !== present.cas) return Status.CasMismatch;
    this.#entries.set(full, { value, cas: this.#nextCas++ });
    return Status.Ok;
  }
}
