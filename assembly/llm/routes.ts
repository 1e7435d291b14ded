import { Dialect } from "./dialect";

/** Where a request names its model. */
export const enum ModelPlace {
  None,
  /** At the top level of a JSON body, or in the form field `model`. */
  Body,
  Path,
}

/** What may stand before a known path. */
export const enum Before {
  Anything,
  /** Nothing, `v<digit>...` or `openai`: the words alone are too common to be known by. */
  Version,
}

/** What is known of an endpoint, as bits. */
export const enum Fact {
  None = 0,
  /** Serves one model: a request with a body that names none can't be routed. */
  NeedsModel = 1,
  RequestText = 2,
  AnswerText = 4,
  /** Takes multipart/form-data. */
  Form = 8,
  /** A body sent here holds requests for later. */
  BatchUpload = 16,
  /** The path itself asks for a stream. */
  Streams = 32,
  /** Known for methods without a body only. */
  ReadOnly = 64,
  /** Answers with texts, but not as its dialect does when a model is asked: with a list, or another object. */
  OtherAnswer = 128,
}

/** The usual inference call: one model, text in, text out. */
const INFERS: i32 = Fact.NeedsModel | Fact.RequestText | Fact.AnswerText;
/** One model, text in; what comes out is numbers, sounds or pictures. */
const READS: i32 = Fact.NeedsModel | Fact.RequestText;
const TEXTS: i32 = Fact.RequestText | Fact.AnswerText;
const OTHERS: i32 = TEXTS | Fact.OtherAnswer;
/** A form with a file in it. */
const UPLOADS: i32 = Fact.RequestText | Fact.Form | Fact.BatchUpload;

const enum Hole {
  None,
  /** `{x}`: one segment, or what of it stands before the tail. */
  Segment,
  /** `{x+}`: one or more segments. */
  Segments,
}

/**
 * One known path, matched against the end of a normalised path, whatever the case of its ASCII letters: a head, at most one
 * hole, a tail. It lies in the table of all of them, its texts behind it.
 */
@unmanaged
export class Route {
  readonly dialect: u8;
  readonly modelPlace: u8;
  /** Bits of `Fact`. */
  readonly facts: u8;
  readonly before: u8;
  private readonly hole: u8;
  readonly headLength: u8;
  readonly tailLength: u8;
  /** What a path must end with, to rule most routes out at once; 0 for any byte. */
  readonly last: u8;


  @inline
  get head(): usize {
    return changetype<usize>(this) + offsetof<Route>();
  }


  @inline
  get tail(): usize {
    return this.head + this.headLength;
  }


  @inline
  get hasHole(): bool {
    return this.hole != Hole.None;
  }


  @inline
  get spansSegments(): bool {
    return this.hole == Hole.Segments;
  }

  /** The next one in the table. */
  @inline
  get next(): Route {
    return changetype<Route>(this.tail + this.tailLength);
  }
}

const TABLE_BYTES: i32 = 4096;
const table = new StaticArray<u8>(TABLE_BYTES);
let end: i32 = 0;

function add(byte: i32): void {
  table[end++] = <u8>byte;
}

function addRoute(pattern: string, dialect: Dialect, modelPlace: ModelPlace, facts: i32, before: Before): void {
  const open = pattern.indexOf("{");
  const close = pattern.indexOf("}");
  const hole = open < 0 ? Hole.None : pattern.charAt(close - 1) == "+" ? Hole.Segments : Hole.Segment;
  const head = open < 0 ? "" : pattern.substring(0, open);
  const tail = pattern.substring(close + 1);
  add(dialect);
  add(modelPlace);
  add(facts);
  add(before);
  add(hole);
  add(head.length);
  add(tail.length);
  add(tail.length > 0 ? tail.charCodeAt(tail.length - 1) : 0);
  for (let i = 0; i < head.length; i++) add(head.charCodeAt(i));
  for (let i = 0; i < tail.length; i++) add(tail.charCodeAt(i));
}

/** Known wherever it ends a path. */
function known(pattern: string, dialect: Dialect, modelPlace: ModelPlace, facts: i32): void {
  addRoute(pattern, dialect, modelPlace, facts, Before.Anything);
}

/** Known at the start of a path or after an API's version. */
function versioned(pattern: string, dialect: Dialect, modelPlace: ModelPlace, facts: i32): void {
  addRoute(pattern, dialect, modelPlace, facts, Before.Version);
}

/*
 * The known paths; the first that matches counts.
 *
 * Sources: OpenAI "API reference"; Microsoft Learn "Azure OpenAI in Azure AI Foundry Models REST API reference"; Anthropic
 * "API reference"; Google "Gemini API reference" and Vertex AI "REST reference", "Claude on Vertex AI"; AWS "Amazon Bedrock
 * Runtime API reference"; Cohere "API reference"; Ollama `docs/api.md`; Together "API reference" (`files/upload`).
 */
known("/chat/completions", Dialect.OpenAiChat, ModelPlace.Body, INFERS);
known("/chat/completions/{id}", Dialect.OpenAiChat, ModelPlace.Body, TEXTS);
known("/chat/completions/{id}/messages", Dialect.OpenAiChat, ModelPlace.Body, OTHERS);
known("/completions", Dialect.OpenAiCompletions, ModelPlace.Body, INFERS);
versioned("/responses", Dialect.OpenAiResponses, ModelPlace.Body, INFERS);
versioned("/responses/compact", Dialect.OpenAiResponses, ModelPlace.Body, INFERS | Fact.OtherAnswer);
versioned("/responses/input_tokens", Dialect.OpenAiResponses, ModelPlace.Body, READS);
versioned("/responses/{id}", Dialect.OpenAiResponses, ModelPlace.Body, TEXTS);
versioned("/responses/{id}/cancel", Dialect.OpenAiResponses, ModelPlace.Body, TEXTS);
versioned("/responses/{id}/input_items", Dialect.OpenAiResponses, ModelPlace.Body, OTHERS);
versioned("/conversations/{id+}", Dialect.OpenAiResponses, ModelPlace.None, OTHERS | Fact.ReadOnly);
known("/api/embeddings", Dialect.OllamaEmbed, ModelPlace.Body, READS);
known("/embeddings", Dialect.OpenAiEmbeddings, ModelPlace.Body, READS);
versioned("/moderations", Dialect.OpenAiModerations, ModelPlace.Body, READS);
known("/images/generations", Dialect.OpenAiImages, ModelPlace.Body, READS);
known("/images/edits", Dialect.OpenAiImages, ModelPlace.Body, READS | Fact.Form);
known("/images/variations", Dialect.OpenAiImages, ModelPlace.Body, Fact.NeedsModel | Fact.Form);
versioned("/videos", Dialect.OpenAiImages, ModelPlace.Body, READS | Fact.Form);
versioned("/videos/{id+}", Dialect.OpenAiImages, ModelPlace.Body, Fact.RequestText | Fact.Form);
known("/audio/speech", Dialect.OpenAiAudio, ModelPlace.Body, READS);
known("/audio/transcriptions", Dialect.OpenAiAudio, ModelPlace.Body, INFERS | Fact.Form);
known("/audio/translations", Dialect.OpenAiAudio, ModelPlace.Body, INFERS | Fact.Form);
versioned("/realtime", Dialect.OpenAiRealtime, ModelPlace.None, TEXTS);
versioned("/realtime/sessions", Dialect.OpenAiRealtime, ModelPlace.Body, TEXTS);
versioned("/realtime/transcription_sessions", Dialect.OpenAiRealtime, ModelPlace.Body, TEXTS);
versioned("/realtime/{id+}", Dialect.OpenAiRealtime, ModelPlace.None, TEXTS);
versioned("/files", Dialect.OpenAiFiles, ModelPlace.None, UPLOADS);
versioned("/files/upload", Dialect.OpenAiFiles, ModelPlace.None, UPLOADS);
versioned("/files/{id}", Dialect.OpenAiFiles, ModelPlace.None, Fact.None);
versioned("/files/{id}/content", Dialect.OpenAiFiles, ModelPlace.None, Fact.AnswerText);
versioned("/uploads", Dialect.OpenAiFiles, ModelPlace.None, Fact.BatchUpload);
versioned("/uploads/{id}/parts", Dialect.OpenAiFiles, ModelPlace.None, Fact.RequestText | Fact.Form);
versioned("/uploads/{id+}", Dialect.OpenAiFiles, ModelPlace.None, Fact.None);
versioned("/batches", Dialect.OpenAiBatches, ModelPlace.None, Fact.None);
versioned("/batches/{id+}", Dialect.OpenAiBatches, ModelPlace.None, Fact.None);

known("/v1/messages", Dialect.AnthropicMessages, ModelPlace.Body, INFERS);
known("/v1/messages/count_tokens", Dialect.AnthropicMessages, ModelPlace.Body, READS);
known("/v1/messages/batches", Dialect.AnthropicBatches, ModelPlace.None, Fact.RequestText | Fact.BatchUpload);
known("/v1/messages/batches/{id}", Dialect.AnthropicBatches, ModelPlace.None, Fact.None);
known("/v1/messages/batches/{id}/results", Dialect.AnthropicBatches, ModelPlace.None, Fact.AnswerText);
known("/v1/messages/batches/{id}/cancel", Dialect.AnthropicBatches, ModelPlace.None, Fact.None);
known("/v1/complete", Dialect.AnthropicComplete, ModelPlace.Body, INFERS);
known("/publishers/anthropic/models/count-tokens:rawpredict", Dialect.AnthropicMessages, ModelPlace.Body, READS);
known("/publishers/anthropic/models/{model}:rawpredict", Dialect.AnthropicMessages, ModelPlace.Path, INFERS);
known(
  "/publishers/anthropic/models/{model}:streamrawpredict",
  Dialect.AnthropicMessages,
  ModelPlace.Path,
  INFERS | Fact.Streams,
);
known("/models/{model}:rawpredict", Dialect.OpenAiChat, ModelPlace.Path, INFERS);
known("/models/{model}:streamrawpredict", Dialect.OpenAiChat, ModelPlace.Path, INFERS | Fact.Streams);

known("/models/{model+}:generatecontent", Dialect.Gemini, ModelPlace.Path, INFERS);
known("/models/{model+}:streamgeneratecontent", Dialect.Gemini, ModelPlace.Path, INFERS | Fact.Streams);
known("/models/{model+}:batchgeneratecontent", Dialect.Gemini, ModelPlace.Path, READS);
known("/models/{model+}:counttokens", Dialect.Gemini, ModelPlace.Path, READS);
known("/models/{model+}:computetokens", Dialect.Gemini, ModelPlace.Path, READS);
known("/models/{model+}:embedcontent", Dialect.Gemini, ModelPlace.Path, READS);
known("/models/{model+}:batchembedcontents", Dialect.Gemini, ModelPlace.Path, READS);
known("/models/{model+}:asyncbatchembedcontent", Dialect.Gemini, ModelPlace.Path, READS);
known("/models/{model+}:predict", Dialect.Gemini, ModelPlace.Path, READS);
known("/models/{model+}:predictlongrunning", Dialect.Gemini, ModelPlace.Path, READS);
known("/tunedmodels/{model}:generatecontent", Dialect.Gemini, ModelPlace.Path, INFERS);
known("/tunedmodels/{model}:streamgeneratecontent", Dialect.Gemini, ModelPlace.Path, INFERS | Fact.Streams);
known("/endpoints/{model}:generatecontent", Dialect.Gemini, ModelPlace.Path, INFERS);
known("/endpoints/{model}:streamgeneratecontent", Dialect.Gemini, ModelPlace.Path, INFERS | Fact.Streams);
known("generativeservice.bidigeneratecontent", Dialect.Gemini, ModelPlace.None, TEXTS | Fact.Streams);
known("llmbidiservice/bidigeneratecontent", Dialect.Gemini, ModelPlace.None, TEXTS | Fact.Streams);
known("/v1beta/models", Dialect.Gemini, ModelPlace.None, Fact.ReadOnly);
known("/v1beta/models/{id}", Dialect.Gemini, ModelPlace.None, Fact.ReadOnly);
versioned("/models", Dialect.OpenAiModels, ModelPlace.None, Fact.ReadOnly);
versioned("/models/{id+}", Dialect.OpenAiModels, ModelPlace.None, Fact.ReadOnly);

known("/model/{model+}/converse", Dialect.BedrockConverse, ModelPlace.Path, INFERS);
known("/model/{model+}/converse-stream", Dialect.BedrockConverse, ModelPlace.Path, INFERS | Fact.Streams);
known("/model/{model+}/count-tokens", Dialect.BedrockConverse, ModelPlace.Path, READS);
known("/model/{model+}/invoke", Dialect.BedrockInvoke, ModelPlace.Path, INFERS);
known("/model/{model+}/invoke-with-response-stream", Dialect.BedrockInvoke, ModelPlace.Path, INFERS | Fact.Streams);
known(
  "/model/{model+}/invoke-with-bidirectional-stream",
  Dialect.BedrockInvoke,
  ModelPlace.Path,
  INFERS | Fact.Streams,
);

known("/v1/chat", Dialect.CohereChat, ModelPlace.Body, INFERS);
known("/v2/chat", Dialect.CohereChat, ModelPlace.Body, INFERS);
known("/v1/embed", Dialect.CohereEmbed, ModelPlace.Body, READS);
known("/v2/embed", Dialect.CohereEmbed, ModelPlace.Body, READS);
versioned("/rerank", Dialect.CohereRerank, ModelPlace.Body, READS);

known("/api/chat", Dialect.OllamaChat, ModelPlace.Body, INFERS);
known("/api/generate", Dialect.OllamaGenerate, ModelPlace.Body, INFERS);
known("/api/embed", Dialect.OllamaEmbed, ModelPlace.Body, READS);
known("/api/tags", Dialect.OllamaModels, ModelPlace.None, Fact.ReadOnly);
known("/api/ps", Dialect.OllamaModels, ModelPlace.None, Fact.ReadOnly);

/** The table: from the first route on up to, but not with, the last. */
export const FIRST_ROUTE = changetype<Route>(table);
export const ROUTES_END = changetype<usize>(table) + end;
