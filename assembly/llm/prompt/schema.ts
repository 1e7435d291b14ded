import { ByteString } from "../../bytes/view";

const CASE_BIT: u32 = 0x20;

/** JSON Schema's types; Gemini has them in capitals ("Schema", "Type"). */
const TYPES: StaticArray<ByteString> = [
  new ByteString("string"),
  new ByteString("object"),
  new ByteString("array"),
  new ByteString("integer"),
  new ByteString("number"),
  new ByteString("boolean"),
  new ByteString("null"),
];

/** Whether this is the name of a type in a schema, in whatever case. */
export function isSchemaType(pointer: usize, length: i32): bool {
  for (let i = 0; i < TYPES.length; i++) {
    const type = unchecked(TYPES[i]);
    if (type.length == length && isType(type, pointer)) return true;
  }
  return false;
}

function isType(type: ByteString, pointer: usize): bool {
  for (let i = 0; i < type.length; i++) {
    if ((load<u8>(pointer + i) | CASE_BIT) != load<u8>(type.pointer + i)) return false;
  }
  return true;
}
