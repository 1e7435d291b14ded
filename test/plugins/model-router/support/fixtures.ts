import { type RequestSpec } from "../../../host/exchange.ts";
import { form, post } from "./router.ts";

const chat = "/v1/chat/completions";
const urlEncoded = { "content-type": "application/x-www-form-urlencoded" };
const content = 'h\\u00e9llo \\ud83d\\ude00 "\\\\" é😀';
const messages = `"messages":[{"role":"user","content":"${content.replaceAll('"', '\\"')}"}]`;
const audio = { name: "file", content: "\x00\x01\r\n----cut\r\n--\r\n", filename: "a.wav" };
const speech = "/v1/audio/transcriptions";
const purpose = { name: "purpose", content: "batch" };
const lines = (...models: string[]) => ({
  name: "file",
  content: models.map((model) => `{"custom_id":"1","body":{"model":"${model}"}}`).join("\n"),
  filename: "batch.jsonl",
});

/** Routes, rewrites, refuses; every fixture below has something to do here. */
export const FIXTURE_CONFIG = {
  models: [
    { name: "alias", targets: [{ model: "much/longer-than-it-was", provider: "p" }] },
    { name: "long-alias-*", targets: [{ model: "s", provider: "q", dialects: ["OpenAiChat", "OpenAiAudio"] }] },
    { name: "closed", provider: "p", allowConsumers: ["nobody"] },
    { name: "gemini-*", targets: [{ model: "gemini:x", provider: "g" }] },
    { name: "*-open", provider: "p" },
  ],
  defaultModel: "alias",
};

/** The same routes, but no model is closed or unknown. */
export const UNGUARDED_CONFIG = {
  ...FIXTURE_CONFIG,
  unknownModels: "Pass",
  models: FIXTURE_CONFIG.models.filter(({ name }) => name !== "closed"),
};

/** What becomes of the model that the fixtures which are ended after they were let go begin with. */
export const REWRITTEN: [from: string, to: string] = ["alias", "much/longer-than-it-was"];

/** Bodies that are judged the same however they arrive. */
export const FIXTURES: Record<string, RequestSpec> = {
  "model first": post(chat, `{"model":"alias",${messages},"stream":true}`),
  "model last": post(chat, ` {\n${messages} , "stream" : true,\t"model" : "long-alias-1" } \n`),
  "keys and values escaped": post(chat, `{"mod\\u0065l":"\\u0061li\\u0061s","messages":[]}`),
  "deep and other models": post(chat, `{"a":[[{"model":"closed"}],{}],"metadata":{"model":5},"model":"alias"}`),
  "no model": post(chat, ` { ${messages}}`),
  "an empty object": post(chat, " { \n } "),
  "a name kept": post(chat, `{${messages},"model":"é-open"}`),
  "a model closed": post(chat, `{${messages},"model":"closed"}`),
  "a model unknown": post("/v1/messages", `{"model":"nobody",${messages}}`),
  "a dialect that no target speaks": post("/v1/embeddings", '{"input":"x","model":"long-alias-2"}'),
  "a model that is no text": post(chat, '{"model":{"a":[1.5e-3,null]},"messages":[]}'),
  "no object": post(chat, '["model","alias"]'),
  "two models": post(chat, '{"model":"alias","messages":[],"model":"closed"}'),
  "two models, one escaped": post(chat, '{"model":"alias","\\u006dodel":"alias"}'),
  "a form's field in a text of the JSON": post(chat, '{"model":"alias","user":"&model=closed"}', urlEncoded),
  "no JSON after the model": post(chat, '{"model":"alias","messages":[tru]}'),
  "more than JSON": post(chat, '{"model":"alias"}{}'),
  "an end too early": post(chat, '{"model":"alias","messages":["'),
  "bytes that are no UTF-8": { ...post(chat, ""), body: Buffer.from('{"model":"alias","x":"é\xff"}', "latin1") },
  "a byte order mark": post(chat, '\uFEFF{"model":"alias"}'),
  "Gemini, model in the path": post("/v1beta/models/gemini-pro:generateContent", '{"contents":[{"parts":[]}]}'),
  "audio form, file first": form(speech, [
    audio,
    { name: "model", content: "alias" },
    { name: "language", content: "en" },
  ]),
  "audio form, model first": form(speech, [{ name: "model", content: "long-alias-3" }, audio]),
  "audio form, no model": form(speech, [
    { name: "language", content: "en" },
    { ...audio, content: "x" },
  ]),
  "audio form, two models": form(speech, [
    { name: "model", content: "alias" },
    { name: "model", content: "closed" },
  ]),
  "audio form, cut short": { ...form(speech, []), body: `${(form(speech, [audio]).body as string).slice(0, -20)}` },
  "batch file": form("/v1/files", [purpose, lines("alias", "x-open")]),
  "batch file with a closed model": form("/v1/files", [purpose, lines("alias", "closed", "nobody")]),
  "batch file that says so last": form("/v1/files", [lines("alias", "nobody"), purpose]),
  "batch file that says so twice": form("/v1/files", [lines("closed"), purpose, { ...purpose, content: "x" }]),
  "batch file with a second purpose first": form("/v1/files", [{ ...purpose, content: "x" }, purpose, lines("closed")]),
  "batch file with a broken line": form("/v1/files", [
    purpose,
    { ...lines("alias"), content: '{"body":\n{}' },
    lines("closed"),
  ]),
  "another file": form("/v1/files", [{ ...purpose, content: "vision" }, lines("closed")]),
  "batch of messages": post(
    "/v1/messages/batches",
    '{"requests":[{"params":{"model":"alias"}},{"params":{"model":"closed"}}]}',
  ),
  "batch of messages with two problems": post(
    "/v1/messages/batches",
    '{"requests":[{"params":{"model":"alias","model":"alias"}},{"params":{"model":"closed"}}]}',
  ),
  "a shape on an unknown path": post("/talk", `{"temperature":1,${messages},"model":"alias"}`),
  "two shapes on an unknown path": post("/talk", '{"model":"long-alias-1","input":"x","messages":[]}'),
  "two models on an unknown path": post("/talk", '{"model":"alias","model":"alias","messages":[]}'),
  "no shape on an unknown path": post("/talk", '{"model":"closed","text":"x"}'),
  "a text on an unknown path": post("/talk", "{hello}"),
};
