import { ByteString, Bytes } from "../bytes/view";
import {
  proxy_dequeue_shared_queue,
  proxy_enqueue_shared_queue,
  proxy_register_shared_queue,
  proxy_resolve_shared_queue,
} from "./imports";
import { OUT_LENGTH, OUT_NUMBER, OUT_POINTER, beginRead, takeRead, valueWindow } from "./memory";
import { Status } from "./status";

const view = new Bytes();

/** A queue between VMs of one host process. */
@final
export class SharedQueue {
  private constructor(private readonly token: u32) {}

  /** The queue `name` of this VM id, made if need be; `RootContext.onQueueReady` is then called for it. Null: not here. */
  static register(name: ByteString): SharedQueue | null {
    if (proxy_register_shared_queue(name.pointer, name.length, OUT_NUMBER) != Status.Ok) return null;
    return new SharedQueue(load<u32>(OUT_NUMBER));
  }

  /** The queue `name` that a VM with the id `vm` registered; null when there is none. */
  static resolve(vm: ByteString, name: ByteString): SharedQueue | null {
    if (proxy_resolve_shared_queue(vm.pointer, vm.length, name.pointer, name.length, OUT_NUMBER) != Status.Ok)
      return null;
    return new SharedQueue(load<u32>(OUT_NUMBER));
  }

  is(token: u32): bool {
    return this.token == token;
  }

  send(pointer: usize, length: i32): bool {
    return proxy_enqueue_shared_queue(this.token, pointer, length) == Status.Ok;
  }

  /** The next message, valid until the next host read; null when there is none (another VM may have taken it). */
  receive(): Bytes | null {
    beginRead(valueWindow);
    if (proxy_dequeue_shared_queue(this.token, OUT_POINTER, OUT_LENGTH) != Status.Ok) return null;
    return takeRead(view);
  }
}
