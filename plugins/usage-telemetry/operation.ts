import { ByteString } from "../../assembly/bytes/view";
import { Dialect, Family, familyOf } from "../../assembly/llm/dialect";

/** `gen_ai.operation.name` of each dialect, in the order of `Dialect`: OpenTelemetry's names, and others where it has none. */
const OPERATIONS: string[] = [
  "other",
  "chat",
  "text_completion",
  "chat",
  "embeddings",
  "moderations",
  "image_generation",
  "audio",
  "realtime",
  "models",
  "files",
  "batches",
  "chat",
  "text_completion",
  "batches",
  "generate_content",
  "chat",
  "chat",
  "chat",
  "embeddings",
  "rerank",
  "chat",
  "text_completion",
  "embeddings",
  "models",
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

export function operationOf(dialect: Dialect): string {
  return OPERATIONS[dialect];
}

export function providerOf(dialect: Dialect): ByteString {
  const family: Family = familyOf(dialect);
  return PROVIDERS[family];
}
