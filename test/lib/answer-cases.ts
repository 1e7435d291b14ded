import { type Counts } from "./answer-module.ts";

/** An answer as it comes over the wire, and what is in it. */
export interface Case {
  name: string;
  answer: Buffer;
  usage: Counts;
  text: string;
  model: string;
}

export function sse(...events: unknown[]): Buffer {
  return Buffer.from(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("") + "data: [DONE]\n\n");
}

/** With the events' types as their names, and CRLF. */
function namedSse(...events: { type: string; [key: string]: unknown }[]): Buffer {
  return Buffer.from(events.map((event) => `event: ${event.type}\r\ndata: ${JSON.stringify(event)}\r\n\r\n`).join(""));
}

function json(body: unknown): Buffer {
  return Buffer.from(JSON.stringify(body));
}

export function lines(...bodies: unknown[]): Buffer {
  return Buffer.from(bodies.map((body) => `${JSON.stringify(body)}\n`).join(""));
}

/** Amazon's event stream encoding, with checksums of zero. */
export function eventStream(...messages: [type: string, payload: unknown][]): Buffer {
  return Buffer.concat(
    messages.map(([type, payload]) => {
      const headers = Buffer.concat([header(":event-type", type), header(":content-type", "application/json")]);
      const body = Buffer.isBuffer(payload) ? payload : json(payload);
      const message = Buffer.alloc(16 + headers.length + body.length);
      message.writeUInt32BE(message.length, 0);
      message.writeUInt32BE(headers.length, 4);
      headers.copy(message, 12);
      body.copy(message, 12 + headers.length);
      return message;
    }),
  );
}

function header(name: string, value: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(value.length);
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([7]), length, Buffer.from(value)]);
}

/** SageMaker's stream of an answer, in parts of so many bytes. */
export function payloadParts(answer: Buffer, size: number): Buffer {
  const count = Math.ceil(answer.length / size);
  const parts = Array.from({ length: count }, (_, at) => answer.subarray(at * size, (at + 1) * size));
  return eventStream(...parts.map((part): [string, Buffer] => ["PayloadPart", part]));
}

export function chunk(payload: unknown): [string, unknown] {
  return ["chunk", { bytes: json(payload).toString("base64"), p: "abcdefghij" }];
}

const chunkHead = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1741569952, model: "gpt-4o-mini" };
const chatUsage = {
  prompt_tokens: 20,
  completion_tokens: 9,
  total_tokens: 29,
  prompt_tokens_details: { cached_tokens: 8, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 4, audio_tokens: 0 },
};
const CHAT: Counts = { input: 20, output: 9, total: 29, cachedInput: 8, reasoning: 4 };
const delta = (content: unknown): unknown => ({
  ...chunkHead,
  choices: [{ index: 0, delta: content, logprobs: null, finish_reason: null }],
  usage: null,
});

const responsesUsage = {
  input_tokens: 30,
  input_tokens_details: { cached_tokens: 10 },
  output_tokens: 12,
  output_tokens_details: { reasoning_tokens: 5 },
  total_tokens: 42,
};
const RESPONSES: Counts = { input: 30, output: 12, total: 42, cachedInput: 10, reasoning: 5 };
const responsesOutput = [
  { type: "reasoning", summary: [{ type: "summary_text", text: "Hm. " }] },
  { type: "message", role: "assistant", content: [{ type: "output_text", text: "Hi", annotations: [{ text: "x" }] }] },
  { type: "function_call", name: "f", arguments: '{"a":1}', call_id: "c" },
];

const anthropicUsage = {
  input_tokens: 3,
  cache_creation_input_tokens: 20,
  cache_read_input_tokens: 100,
  cache_creation: { ephemeral_5m_input_tokens: 15, ephemeral_1h_input_tokens: 5 },
  output_tokens: 1,
  service_tier: "standard",
};
const ANTHROPIC: Counts = { input: 123, output: 40, total: 163, cachedInput: 100, cacheCreation: 20 };
const anthropicStart = {
  type: "message_start",
  message: { id: "msg_1", type: "message", role: "assistant", model: "claude-x", content: [], usage: anthropicUsage },
};
const anthropicEvents = [
  anthropicStart,
  { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "", signature: "" } },
  { type: "ping" },
  { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "Well, " } },
  { type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "c2lnbmF0dXJl" } },
  { type: "content_block_stop", index: 0 },
  { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "h\u00e9llo \ud83d\ude00" } },
  { type: "content_block_start", index: 2, content_block: { type: "tool_use", id: "t", name: "get", input: {} } },
  { type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: '{"q": "\u00e9"}' } },
  { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 40 } },
  { type: "message_stop" },
];
const ANTHROPIC_TEXT = 'Well, h\u00e9llo \ud83d\ude00get{}{"q": "\u00e9"}';

const geminiUsage = {
  promptTokenCount: 50,
  toolUsePromptTokenCount: 5,
  candidatesTokenCount: 10,
  thoughtsTokenCount: 30,
  cachedContentTokenCount: 16,
  totalTokenCount: 95,
  promptTokensDetails: [{ modality: "TEXT", tokenCount: 50 }],
};
const GEMINI: Counts = { input: 55, output: 40, total: 95, cachedInput: 16, reasoning: 30 };
const gemini = (parts: unknown[], usage?: unknown): unknown => ({
  candidates: [{ content: { parts, role: "model" }, index: 0 }],
  ...(usage !== undefined && { usageMetadata: usage }),
  modelVersion: "gemini-x",
});
const geminiParts = [
  { text: "Thinking. ", thought: true },
  { text: "Yes" },
  { functionCall: { name: "f", args: { a: [1, "}"] } } },
];
const GEMINI_TEXT = 'Thinking. Yesf{"a":[1,"}"]}';

const converseUsage = {
  inputTokens: 7,
  outputTokens: 9,
  totalTokens: 36,
  cacheReadInputTokens: 15,
  cacheWriteInputTokens: 5,
};
const CONVERSE: Counts = { input: 27, output: 9, total: 36, cachedInput: 15, cacheCreation: 5 };

const cohereUsage = {
  billed_units: { input_tokens: 5, output_tokens: 6 },
  tokens: { input_tokens: 70, output_tokens: 8 },
};
const COHERE: Counts = { input: 70, output: 8, total: 78 };

const TABLE: [name: string, answer: Buffer, usage: Counts, text: string, model: string][] = [
  [
    "OpenAI chat",
    json({
      ...chunkHead,
      choices: [
        { index: 0, message: { role: "assistant", content: "One", refusal: null, annotations: [] } },
        {
          index: 1,
          message: {
            role: "assistant",
            content: null,
            refusal: "No. ",
            tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: '{"a":"\\n"}' } }],
          },
        },
      ],
      usage: chatUsage,
    }),
    CHAT,
    'OneNo. f{"a":"\\n"}',
    "gpt-4o-mini",
  ],
  [
    "OpenAI chat, streamed",
    sse(
      delta({ role: "assistant", content: "" }),
      delta({ reasoning_content: "Hm. ", content: null }),
      delta({ content: "One" }),
      delta({ content: " two\n" }),
      delta({ refusal: "No" }),
      delta({ tool_calls: [{ index: 0, function: { name: "f", arguments: "" } }] }),
      delta({ tool_calls: [{ index: 0, function: { arguments: '{"a":1}' } }] }),
      { ...chunkHead, choices: [], usage: chatUsage },
    ),
    CHAT,
    'Hm. One two\nNof{"a":1}',
    "gpt-4o-mini",
  ],
  [
    "reasoning under two names",
    sse(delta({ reasoning: "Hm. ", reasoning_content: "Hm. ", reasoning_details: [{ type: "x", text: "Hm. " }] })),
    {},
    "Hm. ",
    "gpt-4o-mini",
  ],
  [
    "usage in every chunk (vLLM)",
    sse(
      {
        ...chunkHead,
        choices: [{ delta: { content: "a" } }],
        usage: { prompt_tokens: 5, total_tokens: 6, completion_tokens: 1 },
      },
      {
        ...chunkHead,
        choices: [{ delta: { content: "b" } }],
        usage: { prompt_tokens: 5, total_tokens: 7, completion_tokens: 2 },
      },
    ),
    { input: 5, output: 2, total: 7 },
    "ab",
    "gpt-4o-mini",
  ],
  [
    "usage of a choice (Moonshot)",
    sse({
      choices: [{ delta: {}, usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7, cached_tokens: 4 } }],
    }),
    { input: 5, output: 2, total: 7, cachedInput: 4 },
    "",
    "",
  ],
  [
    "Groq",
    sse({
      choices: [],
      x_groq: { id: "req", usage: { prompt_tokens: 5, completion_tokens: 2, total_time: 0.1, total_tokens: 7 } },
    }),
    { input: 5, output: 2, total: 7 },
    "",
    "",
  ],
  [
    "DeepSeek",
    json({
      usage: { prompt_tokens: 9, completion_tokens: 2, prompt_cache_hit_tokens: 6, prompt_cache_miss_tokens: 3 },
    }),
    { input: 9, output: 2, total: 11, cachedInput: 6 },
    "",
    "",
  ],
  [
    "completions that leave reasoning out (xAI)",
    json({
      usage: {
        prompt_tokens: 12,
        completion_tokens: 1,
        total_tokens: 303,
        completion_tokens_details: { reasoning_tokens: 290 },
      },
    }),
    { input: 12, output: 291, total: 303, reasoning: 290 },
    "",
    "",
  ],
  [
    "Anthropic's counts beside OpenAI's (LiteLLM)",
    json({
      usage: {
        prompt_tokens: 123,
        completion_tokens: 4,
        total_tokens: 127,
        cache_read_input_tokens: 100,
        cache_creation_input_tokens: 20,
        prompt_tokens_details: { cached_tokens: 100 },
      },
    }),
    { input: 123, output: 4, total: 127, cachedInput: 100, cacheCreation: 20 },
    "",
    "",
  ],
  [
    "an SDK's names",
    json({ usage: { promptTokens: 9, completionTokens: 2, cachedInputTokens: 6, reasoningTokens: 1 } }),
    { input: 9, output: 2, total: 11, cachedInput: 6, reasoning: 1 },
    "",
    "",
  ],
  [
    "zeros under the other names",
    json({ usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0, input_tokens: 50, output_tokens: 10 } }),
    { input: 50, output: 10, total: 60 },
    "",
    "",
  ],
  [
    "OpenAI completions",
    json({
      model: "m",
      choices: [{ text: "a" }, { text: "b" }],
      usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
    }),
    { input: 1, output: 2, total: 3 },
    "ab",
    "m",
  ],
  [
    "OpenAI embeddings",
    json({ data: [{ embedding: [0.1, -2e-3] }], model: "m", usage: { prompt_tokens: 8, total_tokens: 8 } }),
    { input: 8, total: 8 },
    "",
    "m",
  ],
  ["a total only", json({ usage: { total_tokens: 8 } }), { total: 8 }, "", ""],
  ["a rerank that says nothing", json({ results: [{ index: 0, document: { text: "x" } }] }), {}, "", ""],
  [
    "OpenAI responses",
    json({
      object: "response",
      model: "gpt-5",
      text: { format: { type: "json_schema", name: "shape" } },
      output: responsesOutput,
      tools: [{ name: "f", parameters: { a: 1 } }],
      usage: responsesUsage,
    }),
    RESPONSES,
    'Hm. Hif{"a":1}',
    "gpt-5",
  ],
  [
    "OpenAI responses, streamed",
    namedSse(
      { type: "response.created", response: { model: "gpt-5", output: [], usage: null } },
      { type: "response.output_item.added", item: { type: "reasoning", summary: [] } },
      { type: "response.reasoning_summary_text.delta", delta: "Hm. " },
      { type: "response.reasoning_summary_text.done", text: "Hm. " },
      { type: "response.output_text.delta", delta: "Hi", logprobs: [], obfuscation: "xyz" },
      { type: "response.audio.delta", delta: "AAAA" },
      { type: "response.output_text.done", text: "Hi" },
      { type: "response.content_part.done", part: { type: "output_text", text: "Hi" } },
      { type: "response.output_item.done", item: responsesOutput[1] },
      { type: "response.output_item.added", item: { type: "function_call", name: "f", arguments: "" } },
      { type: "response.function_call_arguments.delta", delta: '{"a":1}' },
      { type: "response.function_call_arguments.done", arguments: '{"a":1}' },
      { type: "response.completed", response: { model: "gpt-5", output: responsesOutput, usage: responsesUsage } },
    ),
    RESPONSES,
    'Hm. Hif{"a":1}',
    "gpt-5",
  ],
  [
    "OpenAI responses that come at the end only",
    namedSse({ type: "response.completed", response: { output: responsesOutput, usage: responsesUsage } }),
    RESPONSES,
    'Hm. Hif{"a":1}',
    "",
  ],
  ["OpenAI images", json({ created: 1, data: [{ b64_json: "AAAA" }], usage: responsesUsage }), RESPONSES, "", ""],
  [
    "OpenAI chat that is spoken",
    json({ choices: [{ message: { content: null, audio: { id: "a", data: "AAAA", transcript: "Spoken." } } }] }),
    {},
    "Spoken.",
    "",
  ],
  [
    "OpenAI chat that is spoken, streamed",
    sse(
      { choices: [{ delta: { audio: { id: "a", transcript: "Spo" } } }] },
      { choices: [{ delta: { audio: { transcript: "ken." } } }] },
    ),
    {},
    "Spoken.",
    "",
  ],
  [
    "OpenAI transcription",
    json({ text: "Spoken.", usage: { type: "tokens", input_tokens: 14, output_tokens: 2, total_tokens: 16 } }),
    { input: 14, output: 2, total: 16 },
    "Spoken.",
    "",
  ],
  [
    "Anthropic",
    json({
      type: "message",
      model: "claude-x",
      content: [
        { type: "thinking", thinking: "Well, ", signature: "c2ln" },
        { type: "text", text: "hello", citations: [{ cited_text: "x", text: "x" }] },
        { type: "tool_use", id: "t", name: "get", input: { q: ["]", { a: 'b"' }] } },
        { type: "web_search_tool_result", content: [{ type: "web_search_result", title: "x", url: "x" }] },
      ],
      usage: { ...anthropicUsage, output_tokens: 40 },
    }),
    ANTHROPIC,
    'Well, helloget{"q":["]",{"a":"b\\""}]}',
    "claude-x",
  ],
  ["Anthropic, streamed", namedSse(...anthropicEvents), ANTHROPIC, ANTHROPIC_TEXT, "claude-x"],
  [
    "Anthropic with cache creation as an object only",
    json({
      usage: {
        input_tokens: 3,
        cache_creation: { ephemeral_5m_input_tokens: 15, ephemeral_1h_input_tokens: 5 },
        output_tokens: 1,
      },
    }),
    { input: 23, output: 1, total: 24, cacheCreation: 20 },
    "",
    "",
  ],
  [
    "Anthropic's thinking",
    json({ usage: { input_tokens: 3, output_tokens: 9, output_tokens_details: { thinking_tokens: 5 } } }),
    { input: 3, output: 9, total: 12, reasoning: 5 },
    "",
    "",
  ],
  ["an error of Anthropic", json({ type: "error", error: { type: "x", message: "text" } }), {}, "", ""],
  ["Gemini", json(gemini(geminiParts, geminiUsage)), GEMINI, GEMINI_TEXT, "gemini-x"],
  [
    "Gemini, streamed",
    sse(
      gemini([geminiParts[0]], { promptTokenCount: 50, totalTokenCount: 50 }),
      gemini(geminiParts.slice(1), geminiUsage),
    ),
    GEMINI,
    GEMINI_TEXT,
    "gemini-x",
  ],
  [
    "Gemini as an array",
    Buffer.from(JSON.stringify([gemini([geminiParts[0]]), gemini(geminiParts.slice(1), geminiUsage)], null, 1)),
    GEMINI,
    'Thinking. Yesf{\n         "a": [\n          1,\n          "}"\n         ]\n        }',
    "gemini-x",
  ],
  [
    "Gemini within a response (Code Assist)",
    sse({ response: gemini(geminiParts, geminiUsage), traceId: "t" }),
    GEMINI,
    GEMINI_TEXT,
    "",
  ],
  [
    "Gemini without candidates",
    json({ usageMetadata: { promptTokenCount: 9, totalTokenCount: 9 } }),
    { input: 9, total: 9 },
    "",
    "",
  ],
  [
    "Gemini interactions",
    json({
      outputs: [{ type: "text", text: "Yes" }],
      usage: {
        total_input_tokens: 7,
        total_tool_use_tokens: 2,
        total_output_tokens: 5,
        total_thought_tokens: 3,
        total_cached_tokens: 4,
      },
    }),
    { input: 9, output: 8, total: 17, cachedInput: 4, reasoning: 3 },
    "Yes",
    "",
  ],
  [
    "Bedrock converse",
    json({
      output: {
        message: {
          role: "assistant",
          content: [
            { reasoningContent: { reasoningText: { text: "Hm. ", signature: "x" } } },
            { text: "Yes" },
            { toolUse: { toolUseId: "x", name: "f", input: {} } },
          ],
        },
      },
      usage: converseUsage,
    }),
    CONVERSE,
    "Hm. Yesf{}",
    "",
  ],
  [
    "Bedrock converse, streamed",
    eventStream(
      ["messageStart", { role: "assistant" }],
      ["contentBlockDelta", { contentBlockIndex: 0, delta: { reasoningContent: { text: "Hm. " } } }],
      ["contentBlockDelta", { contentBlockIndex: 0, delta: { text: "Yes" }, p: "abcd" }],
      ["contentBlockStart", { contentBlockIndex: 1, start: { toolUse: { toolUseId: "x", name: "f" } } }],
      ["contentBlockDelta", { contentBlockIndex: 1, delta: { toolUse: { input: '{"a":1}' } } }],
      ["messageStop", { stopReason: "tool_use" }],
      ["metadata", { usage: converseUsage, metrics: { latencyMs: 1 } }],
    ),
    CONVERSE,
    'Hm. Yesf{"a":1}',
    "",
  ],
  ["Bedrock converse as its SDK writes it", lines({ metadata: { usage: converseUsage } }), CONVERSE, "", ""],
  [
    "Bedrock invoke of Anthropic, streamed",
    eventStream(...anthropicEvents.map(chunk), [
      "chunk",
      chunk({ "amazon-bedrock-invocationMetrics": { inputTokenCount: 3, outputTokenCount: 41 } })[1],
    ]),
    ANTHROPIC,
    ANTHROPIC_TEXT,
    "claude-x",
  ],
  [
    "Bedrock invoke with metrics only",
    eventStream(
      chunk({ generation: "Yes" }),
      chunk({
        "amazon-bedrock-invocationMetrics": {
          inputTokenCount: 3,
          outputTokenCount: 4,
          cacheReadInputTokenCount: 5,
          invocationLatency: 9,
        },
      }),
    ),
    { input: 8, output: 4, total: 12, cachedInput: 5 },
    "Yes",
    "",
  ],
  [
    "Bedrock Titan",
    json({ inputTextTokenCount: 5, results: [{ tokenCount: 4, outputText: "Yes", completionReason: "FINISH" }] }),
    { input: 5, output: 4, total: 9 },
    "Yes",
    "",
  ],
  [
    "Bedrock Llama",
    json({ generation: "Yes", prompt_token_count: 5, generation_token_count: 4, stop_reason: "stop" }),
    { input: 5, output: 4, total: 9 },
    "Yes",
    "",
  ],
  [
    "llama.cpp's own completion, streamed",
    sse(
      { index: 0, content: "Ye", stop: false, tokens_predicted: 1, tokens_evaluated: 7 },
      { index: 0, content: "s", stop: false, tokens_predicted: 2, tokens_evaluated: 7 },
      { index: 0, content: "", stop: true, model: "llama", tokens_predicted: 3, tokens_evaluated: 7, tokens_cached: 9 },
    ),
    { input: 7, output: 3, total: 10 },
    "Yes",
    "llama",
  ],
  [
    "TGI's own generation, streamed",
    sse(
      { index: 1, token: { id: 9, text: "Yes", special: false }, generated_text: null, details: null },
      {
        index: 2,
        token: { id: 2, text: "", special: true },
        generated_text: "Yes",
        details: { finish_reason: "length", generated_tokens: 2, seed: null, input_length: 7 },
      },
    ),
    { input: 7, output: 2, total: 9 },
    "Yes",
    "",
  ],
  [
    "SageMaker's parts of events",
    payloadParts(
      sse(delta({ content: "Ye" }), delta({ content: "s" }), { ...chunkHead, choices: [], usage: chatUsage }),
      50,
    ),
    CHAT,
    "Yes",
    "gpt-4o-mini",
  ],
  [
    "SageMaker's parts of lines",
    payloadParts(lines({ token: { text: "Ye" } }, { token: { text: "s" }, details: { generated_tokens: 2 } }), 20),
    { output: 2, total: 2 },
    "Yes",
    "",
  ],
  ["an error of Bedrock", json({ message: "Too many tokens, please wait." }), {}, "", ""],
  [
    "Cohere 2",
    json({
      message: { role: "assistant", content: [{ type: "text", text: "Yes" }], tool_plan: "I will" },
      usage: cohereUsage,
    }),
    COHERE,
    "YesI will",
    "",
  ],
  [
    "Cohere 2, streamed",
    namedSse(
      { type: "content-delta", delta: { message: { content: { text: "Yes" } } } },
      { type: "message-end", delta: { finish_reason: "COMPLETE", usage: { ...cohereUsage, cached_tokens: 64 } } },
    ),
    { ...COHERE, cachedInput: 64 },
    "Yes",
    "",
  ],
  ["Cohere 1", json({ text: "Yes", meta: cohereUsage }), COHERE, "Yes", ""],
  [
    "Cohere 1, streamed",
    lines(
      { event_type: "text-generation", text: "Yes" },
      {
        event_type: "stream-end",
        response: { text: "Yes", meta: { billed_units: { input_tokens: 5, output_tokens: 6 } } },
      },
    ),
    { input: 5, output: 6, total: 11 },
    "Yes",
    "",
  ],
  [
    "Cohere's embeddings",
    json({ embeddings: [[1]], meta: { billed_units: { input_tokens: 5 } } }),
    { input: 5, total: 5 },
    "",
    "",
  ],
  [
    "Cohere's embeddings of pictures, counted in doubles",
    Buffer.from('{"embeddings":{},"meta":{"billed_units":{"images":1.0,"image_tokens":512.0,"input_tokens":2.0}}}'),
    { input: 514, total: 514 },
    "",
    "",
  ],
  [
    "Ollama's chat",
    lines(
      { model: "llama", message: { role: "assistant", content: "Yes" }, done: false },
      {
        model: "llama",
        message: { content: "", tool_calls: [{ function: { name: "f", arguments: { a: 1 } } }] },
        done: false,
      },
      { model: "llama", message: { role: "assistant", content: "" }, done: true, prompt_eval_count: 26, eval_count: 5 },
    ),
    { input: 26, output: 5, total: 31 },
    'Yesf{"a":1}',
    "llama",
  ],
  [
    "Ollama's generate",
    lines(
      { model: "llama", response: "Yes", done: false },
      { model: "llama", response: "", prompt_eval_count: 26, eval_count: 5 },
    ),
    { input: 26, output: 5, total: 31 },
    "Yes",
    "llama",
  ],
];

export const CASES: Case[] = TABLE.map(([name, answer, usage, text, model]) => ({ name, answer, usage, text, model }));
