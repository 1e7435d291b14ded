import { Status } from "./status.ts";

interface Queue {
  items: Uint8Array[];
  /** Tells the VM that registered the queue last. */
  onReady: () => void;
}

/** Shared queues of one process, by VM id and name. */
export class SharedQueues {
  readonly #tokens = new Map<string, number>();
  readonly #queues = new Map<number, Queue>();

  /** The queue's token; the last to register is the one told of new items, and items stay. */
  register(vmId: string, name: string, onReady: (token: number) => void): number {
    const key = `${vmId}\0${name}`;
    const token = this.#tokens.get(key) ?? this.#tokens.size + 1;
    this.#tokens.set(key, token);
    this.#queues.set(token, { items: this.#queues.get(token)?.items ?? [], onReady: () => onReady(token) });
    return token;
  }

  resolve(vmId: string, name: string): number | undefined {
    return this.#tokens.get(`${vmId}\0${name}`);
  }

  enqueue(token: number, item: Uint8Array): number {
    const queue = this.#queues.get(token);
    if (!queue) return Status.NotFound;
    queue.items.push(item);
    queue.onReady();
    return Status.Ok;
  }

  /** The oldest item, or the status that says why there is none. */
  dequeue(token: number): Uint8Array | number {
    const queue = this.#queues.get(token);
    if (!queue) return Status.NotFound;
    return queue.items.shift() ?? Status.Empty;
  }
}
