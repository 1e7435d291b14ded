/**
 * A filter that does what its request tells it to, and logs what it saw: the host's own semantics are tested with it.
 *
 * The request header `x-do` holds steps by phase, `phase=step,step phase=step|step`. Phases: `rh rb rt` request headers, body,
 * trailers; `sh sb st` those of the response; `reply` the answer of a callout; `log`; `done`. In the body phases `|` separates
 * the calls; the last one repeats. A step that is a digit is the action to return; the others are in `run`. Semicolons separate a
 * step's arguments.
 */
import * as abi from "./abi";

const pointer: usize = memory.data(4, 4);
const size: usize = memory.data(4, 4);
const word: usize = memory.data(8, 8);

class Stream {
  bodyCalls: i32 = 0;
  constructor(
    public script: string,
    public root: u32,
  ) {}
}

const streams = new Map<u32, Stream>();
let calling: u32 = 0;
let queue: u32 = 0;

export function proxy_abi_version_0_2_1(): void {}

export function proxy_on_memory_allocate(bytes: usize): usize {
  return __new(bytes, idof<ArrayBuffer>());
}

export function proxy_on_context_create(id: u32, root: u32): void {
  say("create root=" + (root ? "yes" : "no"));
  if (root) streams.set(id, new Stream("", root));
}

export function proxy_on_vm_start(id: u32, bytes: u32): u32 {
  say("vm_start " + text(abi.getBuffer(6, 0, bytes, pointer, size)));
  return 1;
}

export function proxy_on_configure(id: u32, bytes: u32): u32 {
  const configuration = text(abi.getBuffer(7, 0, bytes, pointer, size));
  say("configure " + configuration);
  if (configuration.startsWith("tick")) abi.setTickPeriod(100);
  return configuration == "bad" ? 0 : 1;
}

export function proxy_on_tick(id: u32): void {
  say("tick");
}

export function proxy_on_request_headers(id: u32, count: u32, end: u32): u32 {
  clear();
  const name = utf8("x-do");
  streams.get(id).script = text(abi.getHeader(0, at(name), name.byteLength, pointer, size));
  return phase(id, "rh", 0, end);
}

export function proxy_on_request_body(id: u32, bytes: u32, end: u32): u32 {
  return phase(id, "rb", bytes, end);
}

export function proxy_on_request_trailers(id: u32, count: u32): u32 {
  return phase(id, "rt", count, 1);
}

export function proxy_on_response_headers(id: u32, count: u32, end: u32): u32 {
  streams.get(id).bodyCalls = 0;
  return phase(id, "sh", 0, end);
}

export function proxy_on_response_body(id: u32, bytes: u32, end: u32): u32 {
  return phase(id, "sb", bytes, end);
}

export function proxy_on_response_trailers(id: u32, count: u32): u32 {
  return phase(id, "st", count, 1);
}

export function proxy_on_http_call_response(root: u32, token: u32, headers: u32, bytes: u32, trailers: u32): void {
  say("answered headers=" + (headers ? "yes" : "no") + " body=" + text(abi.getBuffer(4, 0, bytes, pointer, size)));
  say("effective " + abi.setEffectiveContext(calling).toString());
  phase(calling, "reply", bytes, 1);
}

export function proxy_on_queue_ready(root: u32, token: u32): void {
  clear();
  const status = abi.dequeue(token, pointer, size);
  say("queue " + status.toString() + " " + text(status));
}

export function proxy_on_log(id: u32): void {
  phase(id, "log", 0, 1);
}

export function proxy_on_done(id: u32): u32 {
  phase(id, "done", 0, 1);
  return 1;
}

export function proxy_on_delete(id: u32): void {
  say("delete");
  streams.delete(id);
  // The minimal runtime collects only when told to, and here no reference is on the stack.
  __collect();
}

export function aborted(message: string | null, file: string | null, line: u32, column: u32): void {
  say("abort " + (message ? message : ""));
  unreachable();
}

function phase(id: u32, name: string, bytes: u32, end: u32): u32 {
  say(name + " " + bytes.toString() + (end ? " end" : ""));
  if (!streams.has(id)) return 0;
  const stream = streams.get(id);
  const parts = stream.script.split(" ");
  for (let i = 0; i < parts.length; i++) {
    if (!parts[i].startsWith(name + "=")) continue;
    const calls = parts[i].substring(name.length + 1).split("|");
    const steps = calls[min(name.endsWith("b") ? stream.bodyCalls++ : 0, calls.length - 1)].split(",");
    let action: u32 = 0;
    for (let s = 0; s < steps.length; s++) {
      const first = steps[s].charCodeAt(0);
      if (steps[s].length == 1 && first >= 48 && first <= 57) action = first - 48;
      else run(id, steps[s].split(";"), bytes, end);
    }
    return action;
  }
  return 0;
}

function run(id: u32, step: string[], bytes: u32, end: u32): void {
  const name = step[0];
  const a = utf8(step.length > 2 ? step[2] : "");
  const b = utf8(step.length > 3 ? step[3] : "");
  const number: u32 = step.length > 1 ? <u32>I32.parseInt(step[1]) : 0;
  clear();
  let status: u32 = 0;
  let result = "";
  if (name == "get") result = text((status = abi.getHeader(number, at(a), a.byteLength, pointer, size)));
  else if (name == "add") status = abi.addHeader(number, at(a), a.byteLength, at(b), b.byteLength);
  else if (name == "set") status = abi.replaceHeader(number, at(a), a.byteLength, at(b), b.byteLength);
  else if (name == "del") status = abi.removeHeader(number, at(a), a.byteLength);
  else if (name == "pairs")
    result = pairs((status = abi.getPairs(number, pointer, size)), step.length > 2 ? step[2] : "");
  else if (name == "read")
    result = text((status = abi.getBuffer(number, I32.parseInt(step[2]), I32.parseInt(step[3]), pointer, size)));
  else if (name == "put") {
    const data = utf8(step[4]);
    status = abi.setBuffer(number, I32.parseInt(step[2]), I32.parseInt(step[3]), at(data), data.byteLength);
  } else if (name == "fill") {
    const data = new ArrayBuffer(I32.parseInt(step[2]));
    memory.fill(at(data), 120, data.byteLength);
    status = abi.setBuffer(number, 0, bytes, at(data), data.byteLength);
  } else if (name == "local") {
    const extra = serialize(["x-Local", "yes"]);
    status = abi.sendLocalResponse(number, at(a), a.byteLength, at(b), b.byteLength, at(extra), extra.byteLength, -1);
  } else if (name == "continue") status = abi.continueStream(number);
  else if (name == "close") status = abi.closeStream(number);
  else if (name == "prop") {
    const path = utf8(step[1].split("/").join("\0"));
    result = text((status = abi.getProperty(at(path), path.byteLength, pointer, size)));
  } else if (name == "put-prop") {
    const path = utf8(step[1]);
    status = abi.setProperty(at(path), path.byteLength, at(a), a.byteLength);
  } else if (name == "shared") {
    const key = utf8(step[1]);
    store<u32>(word, 0);
    result = text((status = abi.getSharedData(at(key), key.byteLength, pointer, size, word)));
  } else if (name == "share") {
    const key = utf8(step[1]);
    // "same" is the version that `shared` read last, "other" one that nothing has.
    const which = step.length > 3 ? step[3] : "";
    const version = which == "same" ? load<u32>(word) : which == "other" ? load<u32>(word) + 1000 : 0;
    status = abi.setSharedData(at(key), key.byteLength, at(a), a.byteLength, version);
  } else if (name == "register") {
    status = abi.registerQueue(at(a), a.byteLength, word);
    queue = load<u32>(word);
  } else if (name == "enqueue") status = abi.enqueue(queue, at(a), a.byteLength);
  else if (name == "metric") result = metric(number, a, step[3]);
  else if (name == "call") {
    const headers = serialize([":method", "GET", ":path", "/callout", ":authority", "callout"]);
    calling = id;
    status = abi.httpCall(at(a), a.byteLength, at(headers), headers.byteLength, 0, 0, 0, 0, 1000, word);
  } else if (name == "foreign") status = abi.callForeignFunction(at(a), a.byteLength, 0, 0, pointer, size);
  else if (name == "root") status = abi.setEffectiveContext(streams.get(id).root);
  else if (name == "trap") unreachable();
  say("  " + step.join(";") + " -> " + status.toString() + (result.length ? " " + result : ""));
}

/** Defines a metric of type `type` and does to it what `what` says, "+5" an increment, "=5" a record; tells each status. */
function metric(type: u32, name: ArrayBuffer, what: string): string {
  const defined = abi.defineMetric(type, at(name), name.byteLength, word);
  const id = load<u32>(word);
  const value = I64.parseInt(what.substring(1));
  const done = what.startsWith("+") ? abi.incrementMetric(id, value) : abi.recordMetric(id, value);
  store<u64>(word, 0);
  const read = abi.getMetric(id, word);
  return defined.toString() + " " + done.toString() + " " + read.toString() + " " + load<u64>(word).toString();
}

/** The pairs that were just read and whose names start with `prefix`, in their order. */
function pairs(status: u32, prefix: string): string {
  if (status || !load<u32>(size)) return "none";
  const bytes = changetype<ArrayBuffer>(<usize>load<u32>(pointer));
  const base = at(bytes);
  const count = load<u32>(base);
  let offset: usize = 4 + 8 * count;
  let result = "";
  for (let i: u32 = 0; i < count; i++) {
    const nameSize = load<u32>(base + 4 + 8 * i);
    const valueSize = load<u32>(base + 8 + 8 * i);
    const name = String.UTF8.decodeUnsafe(base + offset, nameSize);
    offset += nameSize + 1;
    if (name.startsWith(prefix)) result += name + "=" + String.UTF8.decodeUnsafe(base + offset, valueSize) + " ";
    offset += valueSize + 1;
  }
  return result;
}

function serialize(values: string[]): ArrayBuffer {
  let total = 4 + 4 * values.length;
  const parts = new Array<ArrayBuffer>(values.length);
  for (let i = 0; i < values.length; i++) {
    parts[i] = utf8(values[i]);
    total += parts[i].byteLength + 1;
  }
  const result = new ArrayBuffer(total);
  store<u32>(at(result), values.length / 2);
  let offset: usize = at(result) + 4 + 4 * values.length;
  for (let i = 0; i < values.length; i++) {
    store<u32>(at(result) + 4 + 4 * i, parts[i].byteLength);
    memory.copy(offset, at(parts[i]), parts[i].byteLength);
    offset += parts[i].byteLength + 1;
  }
  return result;
}

/** What the host left behind the two out-parameters, "" for a failure, "untouched" when it wrote neither. */
function text(status: u32): string {
  if (status) return "";
  if (load<u32>(size) == 0xffffffff) return "untouched";
  if (!load<u32>(size)) return "";
  const bytes = changetype<ArrayBuffer>(<usize>load<u32>(pointer));
  const length = load<u32>(size);
  return length > 2000 ? "of " + length.toString() : String.UTF8.decode(bytes);
}

function clear(): void {
  store<u32>(pointer, 0);
  store<u32>(size, 0xffffffff);
}

function say(message: string): void {
  const bytes = utf8(message);
  abi.log(2, at(bytes), bytes.byteLength);
}

function utf8(value: string): ArrayBuffer {
  return String.UTF8.encode(value);
}

function at(bytes: ArrayBuffer): usize {
  return changetype<usize>(bytes);
}
