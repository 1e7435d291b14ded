import { ByteString, Bytes } from "../../assembly/bytes/view";
import { Dialect, Family, familyOf } from "../../assembly/llm/dialect";

/** `gen_ai.operation.name` of each dialect, in the order of `Dialect`: OpenTelemetry's names, and others where it has none. */
const OPERATIONS: ByteString[] = [
  new ByteString("other"),
  new ByteString("chat"),
  new ByteString("text_completion"),
  new ByteString("chat"),
  new ByteString("embeddings"),
  new ByteString("moderations"),
  new ByteString("image_generation"),
  new ByteString("audio"),
  new ByteString("realtime"),
  new ByteString("models"),
  new ByteString("files"),
  new ByteString("batches"),
  new ByteString("chat"),
  new ByteString("text_completion"),
  new ByteString("batches"),
  new ByteString("generate_content"),
  new ByteString("chat"),
  new ByteString("chat"),
  new ByteString("chat"),
  new ByteString("embeddings"),
  new ByteString("rerank"),
  new ByteString("chat"),
  new ByteString("text_completion"),
  new ByteString("embeddings"),
  new ByteString("models"),
];

/** `gen_ai.provider.name` where the gateway names no provider: whose API it is, in the order of `Family`. */
const PROVIDERS: ByteString[] = [
  new ByteString("openai"),
  new ByteString("anthropic"),
  new ByteString("gcp.gemini"),
  new ByteString("aws.bedrock"),
  new ByteString("cohere"),
  new ByteString("ollama"),
];

const HEAD = new ByteString("HEAD");
const OPTIONS = new ByteString("OPTIONS");

/** Whether a request of this method asks for headers only, as browsers do before a call, and is none itself. */
export function asksForHeaders(method: Bytes): bool {
  return OPTIONS.equals(method.pointer, method.length) || HEAD.equals(method.pointer, method.length);
}

export function operationOf(dialect: Dialect): ByteString {
  return OPERATIONS[dialect];
}

export function providerOf(dialect: Dialect): ByteString {
  const family: Family = familyOf(dialect);
  return PROVIDERS[family];
}
