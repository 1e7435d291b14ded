/** `ElementKind.PropertyPrototype` of the compiler: a field is a property, too. */
const PROPERTY = 10;
const SHAPE_BYTES = 8;
const WORD_BYTES = 4;
/** The sign bit belongs to arrays. */
const MOST_WORDS = 63;
const ELEMENTS = -1n;
const LIST = -2n;

/** The table that `assembly/start/visit.ts` reads: which words of the objects of each class are references. */
export function shapesOf(program) {
  const classes = program.managedClasses;
  const shapes = new DataView(new ArrayBuffer(classes.size * SHAPE_BYTES));
  for (const [id, found] of classes) shapes.setBigInt64(id * SHAPE_BYTES, shapeOf(program, found), true);
  return new Uint8Array(shapes.buffer);
}

/** Whether the objects of a class are texts, or arrays of numbers too small for an address. */
export function isPlain(program, id) {
  const found = program.managedClasses.get(id);
  if (found === undefined) return false;
  if (found === program.stringInstance) return true;
  return found.prototype === program.staticArrayPrototype && found.typeArguments[0].byteSize < WORD_BYTES;
}

function shapeOf(program, found) {
  if (found.isPointerfree || found.prototype === program.functionPrototype) return 0n;
  const [element] = found.typeArguments ?? [];
  if (found.prototype === program.staticArrayPrototype) return ELEMENTS;
  if (found.prototype === program.arrayPrototype && element.isManaged) return LIST;
  let shape = 0n;
  for (const { isField, type, memoryOffset } of fieldsOf(program, found)) {
    if (!isField || !type.isManaged) continue;
    const word = memoryOffset / WORD_BYTES;
    if (word >= MOST_WORDS) throw new Error(`${found.internalName} is larger than the collector's table takes`);
    shape |= 1n << BigInt(word);
  }
  return shape;
}

function fieldsOf(program, found) {
  const fields = [];
  for (let owner = found; owner !== null; owner = owner.base) {
    const members = [...(owner.members?.values() ?? [])];
    if (owner.members?.has("__visit") && owner.prototype !== program.arrayPrototype)
      throw new Error(`${found.internalName} has its own way to be visited, which the image doesn't know`);
    fields.push(...members.filter(({ kind }) => kind === PROPERTY).map(({ instance }) => instance));
  }
  return fields.filter((field) => field !== null);
}
