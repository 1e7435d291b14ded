const V128 = 0x7b;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const LOCAL_TEE = 0x22;
const [TYPES, FUNCTIONS, CODE] = [1, 3, 10];

/** `v128.const`, of which byte a half comes from, and `i8x16.swizzle`: exchanges the halves of a vector. */
const EXCHANGE = [0xfd, 0x0c, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 0xfd, 0x0e];

/**
 * The module with the halves of each vector exchanged before it goes into a local: Chicory's interpreter (1.5.1 to 1.7.5)
 * exchanges them there by itself.
 *
 * Knows the instructions of MVP, vectors and bulk memory; throws at any other.
 */
export function exchangeBeforeLocals(module: Uint8Array): Uint8Array {
  const out: number[][] = [[...module.subarray(0, 8)]];
  let parameters: number[][] = [];
  let functions: number[] = [];
  const reader = new Reader(module, 8);
  while (!reader.isAtEnd) {
    const id = reader.byte();
    const section = reader.take(reader.unsigned());
    if (id === TYPES) parameters = parametersOf(section);
    if (id === FUNCTIONS) functions = new Reader(section).list((each) => each.unsigned());
    const content =
      id === CODE
        ? codeOf(
            section,
            functions.map((type) => parameters[type]!),
          )
        : [...section];
    out.push([id, ...unsigned(content.length)], content);
  }
  return Uint8Array.from(out.flat());
}

function parametersOf(section: Uint8Array): number[][] {
  return new Reader(section).list((reader) => {
    if (reader.byte() !== 0x60) throw new Error("a type that is no function's");
    const parameters = reader.list((each) => each.byte());
    reader.list((each) => each.byte());
    return parameters;
  });
}

function codeOf(section: Uint8Array, parameters: readonly number[][]): number[] {
  let at = 0;
  const bodies = new Reader(section).list((reader) => bodyOf(reader.take(reader.unsigned()), parameters[at++]!));
  return [unsigned(bodies.length), ...bodies].flat();
}

function bodyOf(body: Uint8Array, parameters: readonly number[]): number[] {
  const reader = new Reader(body);
  const locals = [...parameters];
  const groups = reader.list((each): [number, number] => [each.unsigned(), each.byte()]);
  for (const [count, type] of groups) for (let left = count; left > 0; left--) locals.push(type);
  const out = [...body.subarray(0, reader.at)];
  while (!reader.isAtEnd) {
    const start = reader.at;
    const opcode = reader.byte();
    const isStore = opcode === LOCAL_SET || opcode === LOCAL_TEE;
    const local = isStore ? reader.unsigned() : (skipImmediates(reader, opcode), -1);
    if (!isStore || locals[local] !== V128) for (let i = start; i < reader.at; i++) out.push(body[i]!);
    else {
      out.push(...EXCHANGE, LOCAL_SET, ...unsigned(local));
      if (opcode === LOCAL_TEE) out.push(LOCAL_GET, ...unsigned(local));
    }
  }
  return [...unsigned(out.length), ...out];
}

function skipImmediates(reader: Reader, opcode: number): void {
  if ([0x02, 0x03, 0x04, 0x41, 0x42, 0x0c, 0x0d, 0x10, 0x3f, 0x40, 0xd0, 0xd2].includes(opcode)) reader.unsigned();
  else if (opcode >= 0x20 && opcode <= 0x26) reader.unsigned();
  else if (opcode >= 0x28 && opcode <= 0x3e) reader.memoryArgument();
  else if (opcode === 0x0e) reader.labels();
  else if (opcode === 0x11) reader.memoryArgument();
  else if (opcode === 0x1c) reader.list((each) => each.byte());
  else if (opcode === 0x43) reader.take(4);
  else if (opcode === 0x44) reader.take(8);
  else if (opcode === 0xfc) skipBulk(reader, reader.unsigned());
  else if (opcode === 0xfd) skipVector(reader, reader.unsigned());
  else if (opcode > 0xc4) throw new Error(`unknown instruction ${opcode}`);
}

function skipBulk(reader: Reader, opcode: number): void {
  if (opcode === 9 || opcode === 11) reader.unsigned();
  else if (opcode >= 8) reader.memoryArgument();
}

function skipVector(reader: Reader, opcode: number): void {
  if (opcode <= 11 || opcode === 92 || opcode === 93) reader.memoryArgument();
  else if (opcode === 12 || opcode === 13) reader.take(16);
  else if (opcode >= 21 && opcode <= 34) reader.byte();
  else if (opcode >= 84 && opcode <= 91) {
    reader.memoryArgument();
    reader.byte();
  }
}

/** Reads what modules are made of. */
class Reader {
  constructor(
    private readonly bytes: Uint8Array,
    public at = 0,
  ) {}

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  byte(): number {
    return this.bytes[this.at++]!;
  }

  take(length: number): Uint8Array {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** An integer of any kind; right only for unsigned ones of 32 bits, the others are skipped. */
  unsigned(): number {
    let [value, factor, byte] = [0, 1, 0];
    do {
      byte = this.byte();
      value += (byte & 0x7f) * factor;
      factor *= 128;
    } while (byte >= 0x80);
    return value;
  }

  list<T>(read: (reader: this) => T): T[] {
    return Array.from({ length: this.unsigned() }, () => read(this));
  }

  memoryArgument(): void {
    this.unsigned();
    this.unsigned();
  }

  labels(): void {
    this.list((each) => each.unsigned());
    this.unsigned();
  }
}

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left];
    bytes.push((left & 0x7f) | 0x80);
  }
}
