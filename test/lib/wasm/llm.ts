import { Budget } from "../../../assembly/bytes/budget";
import { ByteBuffer } from "../../../assembly/bytes/buffer";
import { Bytes } from "../../../assembly/bytes/view";
import { DIALECT_NAMES } from "../../../assembly/llm/dialect";
import { Endpoint } from "../../../assembly/llm/endpoint";
import { dialectOfShape } from "../../../assembly/llm/shape";

const INPUT = new StaticArray<u8>(1 << 17);
const OUTPUT = new ByteBuffer(new Budget(1 << 20));
const ENDPOINTS = [new Endpoint(), new Endpoint()];
let ENDPOINT = ENDPOINTS[0];
const METHOD = new Bytes();
const PATH = new Bytes();
const CONTENT_TYPE = new Bytes();

export function inputPointer(): usize {
  return changetype<usize>(INPUT);
}

export function outputPointer(): usize {
  return OUTPUT.pointer;
}

export function outputLength(): i32 {
  return OUTPUT.length;
}

/** What follows is of this endpoint, 0 or 1. */
export function take(endpoint: i32): void {
  ENDPOINT = ENDPOINTS[endpoint];
}

/** The input holds method, path and content type. */
export function classify(method: i32, path: i32, contentType: i32): void {
  const start = inputPointer();
  METHOD.set(start, method);
  PATH.set(start + method, path);
  CONTENT_TYPE.set(start + method + path, contentType);
  ENDPOINT.classify(METHOD, PATH, CONTENT_TYPE);
  OUTPUT.clear();
  OUTPUT.append(ENDPOINT.pathModel.pointer, ENDPOINT.pathModel.length);
}

export function dialectName(): string {
  return DIALECT_NAMES[ENDPOINT.dialect];
}

export function modelPlace(): i32 {
  return ENDPOINT.modelPlace;
}

export function facts(): i32 {
  return (
    (<i32>ENDPOINT.needsModel) |
    ((<i32>ENDPOINT.isMultipart) << 1) |
    ((<i32>ENDPOINT.isBatchUpload) << 2) |
    ((<i32>ENDPOINT.requestCarriesText) << 3) |
    ((<i32>ENDPOINT.answerCarriesText) << 4) |
    ((<i32>ENDPOINT.streamsByPath) << 5) |
    ((<i32>ENDPOINT.isUrlEncoded) << 6)
  );
}

export function pathModelStart(): i32 {
  return ENDPOINT.pathModelStart;
}

export function pathModelEnd(): i32 {
  return ENDPOINT.pathModelEnd;
}

export function shape(keys: i32): string {
  return DIALECT_NAMES[dialectOfShape(keys)];
}
