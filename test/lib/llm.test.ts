import { beforeAll, describe, expect, test } from "vitest";
import { type LoaderExports, loadModule } from "./load.ts";

interface Llm {
  inputPointer(): number;
  outputPointer(): number;
  outputLength(): number;
  take(endpoint: number): void;
  classify(method: number, path: number, contentType: number): void;
  dialectName(): number;
  modelPlace(): number;
  facts(): number;
  pathModelStart(): number;
  pathModelEnd(): number;
  shape(keys: number): number;
}

let m: Llm & LoaderExports;

beforeAll(async () => {
  m = await loadModule<Llm>("llm");
});

function put(bytes: Uint8Array): number {
  new Uint8Array(m.memory.buffer, m.inputPointer(), bytes.length).set(bytes);
  return bytes.length;
}

function output(): string {
  return Buffer.from(m.memory.buffer, m.outputPointer(), m.outputLength()).toString("utf8");
}

type Facts = {
  dialect: string;
  place: "None" | "Body" | "Path";
  model: string;
  needs: boolean;
  multipart: boolean;
  upload: boolean;
  asks: boolean;
  answers: boolean;
  streams: boolean;
  urlEncoded: boolean;
};

const PLACES = ["None", "Body", "Path"] as const;

function classify(method: string, path: string, contentType = "application/json"): Facts {
  const parts = [method, path, contentType].map((part) => Buffer.from(part));
  put(Buffer.concat(parts));
  m.classify(parts[0]?.length ?? 0, parts[1]?.length ?? 0, parts[2]?.length ?? 0);
  const facts = m.facts();
  return {
    dialect: m.__getString(m.dialectName()),
    place: PLACES[m.modelPlace()] ?? "None",
    model: output(),
    needs: (facts & 1) !== 0,
    multipart: (facts & 2) !== 0,
    upload: (facts & 4) !== 0,
    asks: (facts & 8) !== 0,
    answers: (facts & 16) !== 0,
    streams: (facts & 32) !== 0,
    urlEncoded: (facts & 64) !== 0,
  };
}

describe("an endpoint is known by its path", () => {
  const POSTS: [path: string, dialect: string, place: string, needs: boolean, asks: boolean, answers: boolean][] = [
    ["/v1/chat/completions", "OpenAiChat", "Body", true, true, true],
    ["/v1/chat/completions/chatcmpl-1", "OpenAiChat", "Body", false, true, true],
    ["/v1/completions", "OpenAiCompletions", "Body", true, true, true],
    ["/v1/embeddings", "OpenAiEmbeddings", "Body", true, true, false],
    ["/v1/responses", "OpenAiResponses", "Body", true, true, true],
    ["/v1/responses/compact", "OpenAiResponses", "Body", true, true, true],
    ["/v1/responses/input_tokens", "OpenAiResponses", "Body", true, true, false],
    ["/v1/responses/resp_1/cancel", "OpenAiResponses", "Body", false, true, true],
    ["/v1/images/generations", "OpenAiImages", "Body", true, true, false],
    ["/v1/images/edits", "OpenAiImages", "Body", true, true, false],
    ["/v1/images/variations", "OpenAiImages", "Body", true, false, false],
    ["/v1/audio/speech", "OpenAiAudio", "Body", true, true, false],
    ["/v1/audio/transcriptions", "OpenAiAudio", "Body", true, true, true],
    ["/v1/audio/translations", "OpenAiAudio", "Body", true, true, true],
    ["/v1/moderations", "OpenAiModerations", "Body", true, true, false],
    ["/v1/videos", "OpenAiImages", "Body", true, true, false],
    ["/v1/videos/video_1/remix", "OpenAiImages", "Body", false, true, false],
    ["/v1/realtime/sessions", "OpenAiRealtime", "Body", false, true, true],
    ["/openai/realtime/transcription_sessions", "OpenAiRealtime", "Body", false, true, true],
    ["/v1/realtime/client_secrets", "OpenAiRealtime", "None", false, true, true],
    ["/v1/batches", "OpenAiBatches", "None", false, false, false],
    ["/v1/batches/batch_1/cancel", "OpenAiBatches", "None", false, false, false],
    ["/v1/rerank", "CohereRerank", "Body", true, true, false],
    ["/rerank", "CohereRerank", "Body", true, true, false],
    ["/openai/v1/chat/completions", "OpenAiChat", "Body", true, true, true],
    ["/openai/responses", "OpenAiResponses", "Body", true, true, true],
    ["/team-a/openai/v1/chat/completions", "OpenAiChat", "Body", true, true, true],
    ["/chat/completions", "OpenAiChat", "Body", true, true, true],
    ["/api/v3/responses", "OpenAiResponses", "Body", true, true, true],
    ["/v1beta/openai/chat/completions", "OpenAiChat", "Body", true, true, true],
    ["/v1/projects/p/locations/l/endpoints/openapi/chat/completions", "OpenAiChat", "Body", true, true, true],
    ["/v1/messages", "AnthropicMessages", "Body", true, true, true],
    ["/anthropic/v1/messages", "AnthropicMessages", "Body", true, true, true],
    ["/v1/messages/count_tokens", "AnthropicMessages", "Body", true, true, false],
    ["/v1/messages/batches", "AnthropicBatches", "None", false, true, false],
    ["/v1/messages/batches/b/cancel", "AnthropicBatches", "None", false, false, false],
    ["/v1/complete", "AnthropicComplete", "Body", true, true, true],
    [
      "/v1/projects/p/locations/l/publishers/anthropic/models/count-tokens:rawPredict",
      "AnthropicMessages",
      "Body",
      true,
      true,
      false,
    ],
    ["/v1/chat", "CohereChat", "Body", true, true, true],
    ["/v2/chat", "CohereChat", "Body", true, true, true],
    ["/v2/embed", "CohereEmbed", "Body", true, true, false],
    ["/v2/rerank", "CohereRerank", "Body", true, true, false],
    ["/api/chat", "OllamaChat", "Body", true, true, true],
    ["/api/generate", "OllamaGenerate", "Body", true, true, true],
    ["/api/embed", "OllamaEmbed", "Body", true, true, false],
    ["/api/embeddings", "OllamaEmbed", "Body", true, true, false],
    ["/", "Unknown", "None", false, true, true],
    ["/v1/conversations", "Unknown", "None", false, true, true],
    ["/v1/conversations/conv_1/items", "Unknown", "None", false, true, true],
    ["/v1/models", "Unknown", "None", false, true, true],
    ["/v1/threads/t/messages", "Unknown", "None", false, true, true],
    ["/deployments/d/v1/messages", "AnthropicMessages", "Body", true, true, true],
    ["/vip/responses", "Unknown", "None", false, true, true],
    ["/v/responses", "Unknown", "None", false, true, true],
    ["/shop/responses", "Unknown", "None", false, true, true],
    ["/shop/files", "Unknown", "None", false, true, true],
    ["/v1/chat/completionsx", "Unknown", "None", false, true, true],
    ["/v1/xchat/completion", "Unknown", "None", false, true, true],
    [`/${"a".repeat(8192)}/v1/chat/completions`, "Unknown", "None", false, true, true],
  ];

  test.each(POSTS)("POST %s is %s", (path, dialect, place, needs, asks, answers) => {
    expect(classify("POST", path)).toEqual({
      dialect,
      place,
      model: "",
      needs,
      multipart: false,
      upload: dialect === "AnthropicBatches" && path.endsWith("batches"),
      asks,
      answers,
      urlEncoded: false,
      streams: false,
    });
  });

  const GETS: [method: string, path: string, dialect: string, asks: boolean, answers: boolean][] = [
    ["GET", "/v1/models", "OpenAiModels", false, false],
    ["GET", "/openai/models?api-version=1", "OpenAiModels", false, false],
    ["GET", "/v1/models/meta-llama/Llama-3", "OpenAiModels", false, false],
    ["DELETE", "/v1/models/ft:gpt", "OpenAiModels", false, false],
    ["GET", "/v1beta/models", "Gemini", false, false],
    ["GET", "/v1beta/models/gemini-2.5-pro", "Gemini", false, false],
    ["GET", "/api/tags", "OllamaModels", false, false],
    ["GET", "/v1/videos/video_1/content", "OpenAiImages", true, false],
    ["GET", "/v1/files", "OpenAiFiles", true, false],
    ["GET", "/v1/files/f/content", "OpenAiFiles", false, true],
    ["GET", "/v1/batches/b", "OpenAiBatches", false, false],
    ["GET", "/v1/uploads", "OpenAiFiles", false, false],
    ["GET", "/v1/messages/batches", "AnthropicBatches", true, false],
    ["GET", "/v1/messages/batches/b/results", "AnthropicBatches", false, true],
    ["GET", "/v1/responses/r", "OpenAiResponses", true, true],
    ["GET", "/v1/responses/r/input_items", "OpenAiResponses", true, true],
    ["GET", "/v1/conversations/conv_1", "OpenAiResponses", true, true],
    ["GET", "/openai/v1/conversations/conv_1/items/msg_1", "OpenAiResponses", true, true],
    ["GET", "/shop/conversations/conv_1/items", "Unknown", true, true],
    ["GET", "/v1/realtime?model=gpt-realtime", "OpenAiRealtime", true, true],
    ["HEAD", "/v1/models", "OpenAiModels", false, false],
    ["OPTIONS", "/v1/chat/completions", "OpenAiChat", true, true],
    ["GET", "/shop", "Unknown", true, true],
  ];

  test.each(GETS)("%s %s is %s and needs no model", (method, path, dialect, asks, answers) => {
    const facts = classify(method, path, "");
    expect([facts.dialect, facts.needs, facts.upload, facts.asks, facts.answers]).toEqual([
      dialect,
      false,
      false,
      asks,
      answers,
    ]);
  });

  const IN_PATH: [path: string, dialect: string, model: string, streams: boolean, spliced: string][] = [
    [
      "/openai/deployments/my-gpt/chat/completions?api-version=1",
      "OpenAiChat",
      "my-gpt",
      false,
      "/openai/deployments/M/chat/completions?api-version=1",
    ],
    ["/openai/deployments/e/embeddings", "OpenAiEmbeddings", "e", false, "/openai/deployments/M/embeddings"],
    [
      "/openai/deployments/w/audio/transcriptions",
      "OpenAiAudio",
      "w",
      false,
      "/openai/deployments/M/audio/transcriptions",
    ],
    [
      "/openai/deployments/g/extensions/chat/completions",
      "OpenAiChat",
      "g",
      false,
      "/openai/deployments/M/extensions/chat/completions",
    ],
    ["/v1/engines/davinci/completions", "OpenAiCompletions", "davinci", false, "/v1/engines/M/completions"],
    [
      "/v1beta/models/gemini-2.5-pro:generateContent",
      "Gemini",
      "gemini-2.5-pro",
      false,
      "/v1beta/models/M:generateContent",
    ],
    [
      "/v1beta/models/Gemini%2D2:streamGenerateContent?alt=sse",
      "Gemini",
      "Gemini-2",
      true,
      "/v1beta/models/M:streamGenerateContent?alt=sse",
    ],
    ["/v1beta/models/g%3AgenerateContent", "Gemini", "g", false, "/v1beta/models/M%3AgenerateContent"],
    ["/v1beta/models/g:countTokens", "Gemini", "g", false, "/v1beta/models/M:countTokens"],
    ["/v1beta/models/g:embedContent", "Gemini", "g", false, "/v1beta/models/M:embedContent"],
    ["/v1beta/models/g:batchEmbedContents", "Gemini", "g", false, "/v1beta/models/M:batchEmbedContents"],
    ["/v1beta/tunedModels/t:generateContent", "Gemini", "t", false, "/v1beta/tunedModels/M:generateContent"],
    [
      "/v1/projects/p/locations/l/publishers/google/models/g:generateContent",
      "Gemini",
      "g",
      false,
      "/v1/projects/p/locations/l/publishers/google/models/M:generateContent",
    ],
    [
      "/v1/publishers/anthropic/models/claude@1:rawPredict",
      "AnthropicMessages",
      "claude@1",
      false,
      "/v1/publishers/anthropic/models/M:rawPredict",
    ],
    [
      "/v1/publishers/anthropic/models/claude@1:streamRawPredict",
      "AnthropicMessages",
      "claude@1",
      true,
      "/v1/publishers/anthropic/models/M:streamRawPredict",
    ],
    [
      "/v1/publishers/mistralai/models/m:rawPredict",
      "OpenAiChat",
      "m",
      false,
      "/v1/publishers/mistralai/models/M:rawPredict",
    ],
    ["/model/anthropic.claude-v2:1/converse", "BedrockConverse", "anthropic.claude-v2:1", false, "/model/M/converse"],
    [
      "/model/us.anthropic.claude%3A0/converse-stream",
      "BedrockConverse",
      "us.anthropic.claude:0",
      true,
      "/model/M/converse-stream",
    ],
    ["/model/m%2D/converse", "BedrockConverse", "m-", false, "/model/M/converse"],
    ["/model/m/count-tokens", "BedrockConverse", "m", false, "/model/M/count-tokens"],
    ["/model/m/invoke", "BedrockInvoke", "m", false, "/model/M/invoke"],
    ["/model/m/invoke-with-response-stream", "BedrockInvoke", "m", true, "/model/M/invoke-with-response-stream"],
    [
      "/model/arn%3Aaws%3Abedrock%3Aeu%3A1%3Ainference-profile%2Fabc/converse",
      "BedrockConverse",
      "arn:aws:bedrock:eu:1:inference-profile/abc",
      false,
      "/model/M/converse",
    ],
    [
      "/model/arn:aws:bedrock:eu:1:inference-profile/abc/converse",
      "BedrockConverse",
      "arn:aws:bedrock:eu:1:inference-profile/abc",
      false,
      "/model/M/converse",
    ],
    ["/a/../model//x/./%63onverse/?q", "BedrockConverse", "x", false, "/a/../model//M/./%63onverse/?q"],
    ["/gw/MODELS/g:GENERATECONTENT", "Gemini", "g", false, "/gw/MODELS/M:GENERATECONTENT"],
  ];

  test.each(IN_PATH)("%s names its model", (path, dialect, model, streams, spliced) => {
    const facts = classify("POST", path);
    expect([facts.dialect, facts.place, facts.model, facts.streams, facts.needs]).toEqual([
      dialect,
      "Path",
      model,
      streams,
      true,
    ]);
    expect(path.slice(0, m.pathModelStart()) + "M" + path.slice(m.pathModelEnd())).toBe(spliced);
  });

  const TRICKS = [
    "/v1//chat/./completions/",
    "/v1/chat%2Fcompletions",
    "/v1/chat%2fcompletions",
    "/V1/Chat/Completions",
    "/v1/foo/../chat/completions",
    "/v1/models/%2e%2e/chat/completions",
    "/v1/models/..%2Fchat/completions",
    "/v1/models/..;/chat/completions",
    "/v1/chat/completions;x=1",
    "/v1/chat;x/completions",
    "/v1/chat/completions/",
    "/v1/chat/completions#x",
    "/v1/chat/completions?/v1/models",
    "/v1/%63hat/%63ompletions",
    "/v1\\chat\\completions",
    "/v1/chat%5Ccompletions",
    "//v1/chat/completions",
    "http://host/v1/chat/completions",
    `${"/.".repeat(9000)}/v1/chat/completions`,
  ];

  test.each(TRICKS.map((path) => [path.slice(0, 60), path]))("%s is chat", (_name, path) => {
    const facts = classify("POST", path);
    expect([facts.dialect, facts.place, facts.needs]).toEqual(["OpenAiChat", "Body", true]);
  });

  test("what another has classified is news", () => {
    classify("POST", "/v1/chat/completions");
    m.take(1);
    const path = "/v1beta/models/g:generateContent";
    classify("POST", path);
    m.take(0);
    expect(classify("POST", path)).toMatchObject({ dialect: "Gemini", place: "Path", model: "g" });
  });

  test.each([
    ["a body in a form's fields", "/v1/chat/completions", "application/x-www-form-urlencoded"],
    ["a file", "/v1/files", "multipart/form-data; boundary=x"],
    ["a stream", "/model/m/converse-stream", "application/json"],
  ])("nothing is left of %s on a path that is not known", (_what, path, contentType) => {
    classify("POST", path, contentType);
    expect(classify("POST", "/login", contentType)).toEqual({
      dialect: "Unknown",
      place: "None",
      model: "",
      needs: false,
      multipart: false,
      upload: false,
      asks: true,
      answers: true,
      streams: false,
      urlEncoded: false,
    });
  });

  test("what came before a long path is news again", () => {
    classify("POST", "/v1/chat/completions");
    classify("POST", `/v1beta/models/g:generateContent?${"x".repeat(300)}`);
    expect(classify("POST", "/v1/chat/completions")).toMatchObject({ dialect: "OpenAiChat", place: "Body", model: "" });
  });

  test.each(["PUT", "post", "PATCH", "QUERY", ""])("method %j on chat counts as one with a body", (method) => {
    expect(classify(method, "/v1/chat/completions").needs).toBe(true);
  });

  const FORMS: [path: string, contentType: string, isMultipart: boolean, isUpload: boolean][] = [
    ["/v1/audio/transcriptions", "multipart/form-data; boundary=x", true, false],
    ["/v1/audio/transcriptions", " Multipart/Form-Data;boundary=x", true, false],
    ["/v1/audio/transcriptions", "multipart/form-data", true, false],
    ["/v1/audio/transcriptions", "multipart/form-datax", true, false],
    ["/v1/images/edits", "application/json", false, false],
    ["/v1/chat/completions", "multipart/form-data; boundary=x", false, false],
    ["/v1/files", "multipart/form-data; boundary=x", true, true],
    ["/v1/files", "application/json", false, false],
    ["/v1/files/upload", "multipart/form-data; boundary=x", true, true],
    ["/v1/files/f", "multipart/form-data; boundary=x", false, false],
    ["/openai/files?api-version=1", "multipart/form-data; boundary=x", true, true],
    ["/v1/uploads/u/parts", "multipart/form-data; boundary=x", true, false],
    ["/v1/uploads/u/complete", "application/json", false, false],
    ["/v1/uploads", "application/json", false, true],
    ["/v1/messages/batches", "multipart/form-data; boundary=x", false, true],
    ["/unknown", "multipart/form-data; boundary=x", false, false],
  ];

  test.each(FORMS)("%s with %s: a form %s, a batch upload %s", (path, contentType, isMultipart, isUpload) => {
    const facts = classify("POST", path, contentType);
    expect([facts.multipart, facts.upload]).toEqual([isMultipart, isUpload]);
  });

  const URL_ENCODED: [path: string, contentType: string, isUrlEncoded: boolean][] = [
    ["/v1/chat/completions", "application/x-www-form-urlencoded", true],
    ["/v1/chat/completions", " Application/X-WWW-Form-URLencoded; charset=utf-8", true],
    ["/v1/chat/completions", "application/x-www-form", false],
    ["/v1/chat/completions", "application/json", false],
    ["/v1/chat/completions", "", false],
    ["/login", "application/x-www-form-urlencoded", false],
  ];

  test.each(URL_ENCODED)("%s with %s: urlencoded %s", (path, contentType, isUrlEncoded) => {
    expect(classify("POST", path, contentType).urlEncoded).toBe(isUrlEncoded);
  });
});

const SHAPES: [keys: number, dialect: string][] = [
  [0, "Unknown"],
  [1, "Unknown"],
  [2, "Unknown"],
  [1 | 2, "OpenAiChat"],
  [1 | 4, "Gemini"],
  [1 | 8, "OpenAiResponses"],
  [1 | 16, "OpenAiCompletions"],
  [2 | 4 | 8 | 16, "Unknown"],
  [1 | 2 | 4 | 8 | 16, "OpenAiChat"],
];

test.each(SHAPES)("a body on an unknown path with keys %i is treated as %s", (keys, dialect) => {
  expect(m.__getString(m.shape(keys))).toBe(dialect);
});
