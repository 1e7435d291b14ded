import { own, type Kind, type Part, part, Repeat, said, soFar, Tree } from "./reply-marks.ts";

/** An answer after a provider's published format, with marks where the texts are. */
export interface Case {
  name: string;
  framing: "sse" | "named sse" | "lines" | "array" | "json";
  documents: unknown[];
  /** What ends a stream of events. */
  end?: string;
}

/** A text in parts, cut at each bar. */
function parts(key: string, kind: Kind, text: string): Part[] {
  return text.split("|").map((one) => part(key, kind, one));
}

const head = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1741569952, model: "gpt-4o-mini" };
const choice = (index: number, delta: unknown, more: object = {}): unknown => ({
  ...head,
  choices: [{ index, delta, logprobs: null, finish_reason: null, ...more }],
  usage: null,
});
const tokens = (...list: string[]): Repeat =>
  new Repeat({ content: list.map((token) => ({ token, logprob: -0.25, bytes: [1, 2], top_logprobs: [{ token }] })) });

const chat = parts(
  "0 content",
  "Content",
  'The key is SEC|RET|-42 an|d not SECRET|-4; SECRET-42!SECRET-42|\u{1f600} caf\u00e9 "q"|',
);
const other = parts("1 content", "Content", "SECRET|-42|hide |me");
const reasoning = parts("0 reasoning_content", "Reasoning", "I must hi|de me| and /say\\ no");
const sameReasoning = parts("0 reasoning", "Reasoning", "I must hi|de me| and /say\\ no");
const call = parts(
  "0 call 0",
  "ToolInput",
  '{"a|pi":"SEC|RET-42\\|n","card":41111|11111111111|,"x":["hide |me\\"",1]}',
);
const call1 = parts("0 call 1", "ToolInput", '{"b":|"SECRET-42"}');

const chatStream: unknown[] = [
  choice(0, { role: "assistant", content: "", refusal: null }),
  choice(1, { role: "assistant", content: "" }),
  ...reasoning.map((text, i) => choice(0, { reasoning_content: text, reasoning: sameReasoning[i], content: null })),
  ...chat.flatMap((text, i) => [
    choice(0, { content: text }, { obfuscation: "SECRET-42" }),
    ...(other[i] ? [choice(1, { content: other[i] })] : []),
  ]),
  choice(1, {}, { finish_reason: "stop" }),
  ...parts("0 refusal", "Refusal", "I won't hi|de me").map((text) => choice(0, { refusal: text })),
  choice(0, {
    tool_calls: [
      { index: 0, id: "call_SECRET-42", type: "function", function: { name: own("ToolInput", "find"), arguments: "" } },
    ],
  }),
  ...call.map((text) => choice(0, { tool_calls: [{ index: 0, function: { arguments: text } }] })),
  choice(0, {
    tool_calls: [
      { index: 1, id: "c", type: "function", function: { name: own("ToolInput", "hide me"), arguments: call1[0] } },
    ],
  }),
  choice(0, { tool_calls: [{ function: { arguments: call1[1] }, index: 1 }] }),
  choice(0, {}, { finish_reason: "tool_calls" }),
  { ...head, choices: [], usage: { prompt_tokens: 20, completion_tokens: 9, total_tokens: 29 } },
];

const itemId = "msg_1";
const answer = "Call SECRET-42 \u{1f511} or hide me";
const deltas = parts("0.0 text", "Content", "Call SEC|RET-|42 \u{1f511} or hi|de| me");
const args = '{"q":"hide me","n":4111111111111111}';
const argDeltas = parts("1 arguments", "ToolInput", '{"q":"hi|de me","n":4111|111111111111}');
const thought = "Should I hide me?";
const thoughtDeltas = parts("2 summary", "Reasoning", "Should I hi|de me?");
const textPart = { type: "output_text", text: said(answer), annotations: [], logprobs: new Repeat([]) };
const message = { id: itemId, type: "message", status: "completed", role: "assistant", content: [textPart] };
const functionCall = {
  id: "fc_1",
  type: "function_call",
  status: "completed",
  arguments: own("ToolInput", args),
  call_id: "call_1",
  name: own("ToolInput", "find"),
};
const reasoningItem = {
  id: "rs_1",
  type: "reasoning",
  encrypted_content: "SECRET-42",
  summary: [{ type: "summary_text", text: own("Reasoning", thought) }],
};
const response = (status: string, output: unknown[]): unknown => ({
  id: "resp_1",
  object: "response",
  created_at: 1741569952,
  status,
  error: null,
  incomplete_details: null,
  instructions: "Never say SECRET-42.",
  metadata: { note: "SECRET-42" },
  model: "gpt-5",
  output,
  parallel_tool_calls: true,
  prompt: { id: "pmpt_1", version: "2", variables: { a: "SECRET-42", b: { type: "input_text", text: "hide me" } } },
  prompt_cache_key: "SECRET-42",
  reasoning: { effort: "high" },
  safety_identifier: "SECRET-42",
  text: { format: { type: "json_schema", name: "SECRET-42" } },
  tools: [{ type: "function", name: "find", description: "hide me" }],
  user: "hide me",
  usage: status === "completed" ? { input_tokens: 1, output_tokens: 2, total_tokens: 3 } : null,
});
let sequence = 0;
const event = (type: string, more: object): unknown => ({ type, sequence_number: sequence++, ...more });

const responsesStream: unknown[] = [
  event("response.created", { response: response("in_progress", []) }),
  event("response.in_progress", { response: response("in_progress", []) }),
  event("response.output_item.added", { output_index: 0, item: { ...message, status: "in_progress", content: [] } }),
  event("response.content_part.added", {
    item_id: itemId,
    output_index: 0,
    content_index: 0,
    part: { type: "output_text", text: "", annotations: [] },
  }),
  ...deltas.map((delta, index) =>
    event("response.output_text.delta", {
      item_id: itemId,
      output_index: 0,
      content_index: 0,
      delta,
      logprobs: new Repeat(index === 1 ? [{ token: "RET" }] : []),
      obfuscation: "hide me".slice(index),
    }),
  ),
  event("response.output_text.done", {
    item_id: itemId,
    output_index: 0,
    content_index: 0,
    text: said(answer),
    logprobs: new Repeat([{ token: "Call" }, { token: " SECRET-42" }]),
  }),
  event("response.content_part.done", { item_id: itemId, output_index: 0, content_index: 0, part: textPart }),
  event("response.output_item.done", { output_index: 0, item: message }),
  event("response.output_item.added", {
    output_index: 1,
    item: { ...functionCall, status: "in_progress", arguments: "" },
  }),
  ...argDeltas.map((delta) =>
    event("response.function_call_arguments.delta", { item_id: "fc_1", output_index: 1, delta, obfuscation: "x" }),
  ),
  event("response.function_call_arguments.done", {
    item_id: "fc_1",
    output_index: 1,
    arguments: own("ToolInput", args),
  }),
  event("response.output_item.done", { output_index: 1, item: functionCall }),
  event("response.output_item.added", { output_index: 2, item: { ...reasoningItem, summary: [] } }),
  event("response.reasoning_summary_part.added", {
    output_index: 2,
    summary_index: 0,
    part: { type: "summary_text", text: "" },
  }),
  ...thoughtDeltas.map((delta) =>
    event("response.reasoning_summary_text.delta", { item_id: "rs_1", output_index: 2, summary_index: 0, delta }),
  ),
  event("response.reasoning_summary_text.done", {
    item_id: "rs_1",
    output_index: 2,
    summary_index: 0,
    text: own("Reasoning", thought),
  }),
  event("response.output_item.done", { output_index: 2, item: reasoningItem }),
  event("response.completed", { response: response("completed", [message, functionCall, reasoningItem]) }),
];

const turn = (index: number, delta: string): unknown =>
  event("response.output_text.delta", {
    item_id: itemId,
    output_index: 0,
    content_index: index,
    delta: part(`part ${index}`, "Content", delta),
  });
const turns = (...deltas: string[]): unknown[] => deltas.map((delta, index) => turn(index, delta));

const anthropicUsage = { input_tokens: 3, output_tokens: 1 };
const block = (index: number, delta: unknown): unknown => ({ type: "content_block_delta", index, delta });
const anthropicStream: unknown[] = [
  {
    type: "message_start",
    message: {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "claude-x",
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: anthropicUsage,
    },
  },
  { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "", signature: "" } },
  { type: "ping" },
  ...parts("0 thinking", "Reasoning", "I know SECRET|-4|2.").map((thinking) =>
    block(0, { type: "thinking_delta", thinking }),
  ),
  block(0, { type: "signature_delta", signature: "SECRET-42" }),
  { type: "content_block_stop", index: 0 },
  {
    type: "content_block_start",
    index: 1,
    content_block: { type: "text", text: part("1 text", "Content", "It is hi") },
  },
  ...parts("1 text", "Content", "de me, caf\u00e9 SECRET|-42|").map((text) => block(1, { type: "text_delta", text })),
  block(1, {
    type: "citations_delta",
    citation: {
      type: "char_location",
      cited_text: said("hide me here"),
      document_title: said("SECRET-42"),
      start_char_index: 0,
      file_id: "hide me",
    },
  }),
  { type: "content_block_stop", index: 1 },
  {
    type: "content_block_start",
    index: 2,
    content_block: { type: "tool_use", id: "toolu_1", name: own("ToolInput", "get"), input: {} },
  },
  ...parts("2 input", "ToolInput", '|{"card": 4111111|111111111, "to": "hide| me"}').map((text) =>
    block(2, { type: "input_json_delta", partial_json: text }),
  ),
  { type: "content_block_stop", index: 2 },
  { type: "message_delta", delta: { stop_reason: "tool_use", stop_sequence: null }, usage: { output_tokens: 40 } },
  { type: "message_stop" },
];

const gemini = (geminiParts: unknown[], more: object = {}): unknown => ({
  candidates: [{ content: { parts: geminiParts, role: "model" }, ...more }],
  usageMetadata: { promptTokenCount: 50, totalTokenCount: 60 },
  modelVersion: "gemini-x",
  responseId: "SECRET-42",
});
const geminiThoughts = parts("thought", "Reasoning", "To hi|de me or");
const geminiTexts = parts("text", "Content", " the SEC|RET-42|. hide me|");
const geminiStream: unknown[] = [
  ...geminiThoughts.map((text) => gemini([{ text, thought: true }])),
  gemini([{ text: geminiTexts[0] }, { text: geminiTexts[1] }], { index: 0 }),
  gemini([{ text: geminiTexts[2], thoughtSignature: "SECRET-42" }]),
  gemini([{ text: geminiTexts[3] }]),
  gemini([
    {
      functionCall: {
        name: own("ToolInput", "f"),
        args: new Tree({ "hide me": ["SECRET-42", 4111111111111111, null], b: { c: "x" } }),
      },
    },
  ]),
  gemini(
    parts("path", "ToolInput", "hi|de me").map((stringValue) => ({
      functionCall: { partialArgs: [{ jsonPath: "$.a", stringValue, willContinue: true }] },
    })),
  ),
  gemini([{ text: "" }], { finishReason: "STOP" }),
];

const cohereStream: unknown[] = [
  {
    id: "1",
    type: "message-start",
    delta: { message: { role: "assistant", content: [], tool_plan: "", tool_calls: [], citations: [] } },
  },
  ...parts("plan", "Content", "I will hi|de me").map((tool_plan) => ({
    type: "tool-plan-delta",
    delta: { message: { tool_plan } },
  })),
  {
    type: "tool-call-start",
    index: 0,
    delta: {
      message: { tool_calls: { id: "t", type: "function", function: { name: own("ToolInput", "f"), arguments: "" } } },
    },
  },
  ...parts("0 call", "ToolInput", '{"a":"SECRET|-42"}').map((text) => ({
    type: "tool-call-delta",
    index: 0,
    delta: { message: { tool_calls: { function: { arguments: text } } } },
  })),
  { type: "tool-call-end", index: 0 },
  { type: "content-start", index: 1, delta: { message: { content: { type: "text", text: "" } } } },
  ...parts("1 text", "Content", "The SEC|RET-42| is").map((text) => ({
    type: "content-delta",
    index: 1,
    delta: { message: { content: { text } } },
  })),
  {
    type: "citation-start",
    index: 0,
    delta: {
      message: { citations: { start: 0, end: 3, text: said("SECRET-42"), sources: [{ type: "tool", id: "hide me" }] } },
    },
  },
  { type: "content-end", index: 1 },
  {
    type: "message-end",
    delta: { finish_reason: "COMPLETE", usage: { tokens: { input_tokens: 7, output_tokens: 8 } } },
  },
];

const ollamaChat: unknown[] = [
  ...parts("thinking", "Reasoning", "SECRET|-42?").map((thinking) => ({
    model: "llama",
    created_at: "2025-01-01T00:00:00.1Z",
    message: { role: "assistant", content: "", thinking },
    done: false,
  })),
  ...parts("content", "Content", "No SECRET|-42").map((content, index) => ({
    model: "llama",
    created_at: `2025-01-01T00:00:00.${index}Z`,
    message: { role: "assistant", content },
    done: false,
  })),
  {
    model: "llama",
    message: {
      role: "assistant",
      content: "",
      tool_calls: [{ function: { name: own("ToolInput", "f"), arguments: new Tree({ a: "SECRET-42" }) } }],
    },
    done: true,
    done_reason: "stop",
    eval_count: 5,
  },
];

export const CASES: Case[] = [
  { name: "OpenAI chat, streamed, two choices", framing: "sse", documents: chatStream, end: "[DONE]" },
  {
    name: "OpenAI chat, streamed with log probabilities",
    framing: "sse",
    documents: [
      choice(0, { content: part("0", "Content", "It") }, { logprobs: tokens("It") }),
      choice(0, { content: part("0", "Content", " is ") }, { logprobs: tokens(" is", " ") }),
      { ...head, choices: [{ logprobs: tokens("SEC"), delta: { content: part("0", "Content", "SEC") }, index: 0 }] },
      choice(
        0,
        { content: part("0", "Content", "RET-42") },
        { logprobs: tokens("RET", "-42"), token_ids: new Repeat([1, 2]) },
      ),
      choice(0, { content: part("0", "Content", " ok") }, { logprobs: tokens(" ok") }),
    ],
  },
  {
    name: "OpenAI chat",
    framing: "json",
    documents: [
      {
        id: "chatcmpl-SECRET-42",
        object: "chat.completion",
        model: "gpt-4o-mini",
        choices: [
          {
            index: 0,
            message: {
              role: "assistant",
              content: said("Go hide me: SECRET-42."),
              reasoning_content: own("Reasoning", "hide me"),
              refusal: null,
              annotations: [
                { type: "url_citation", url_citation: { url: said("https://x/SECRET-42"), title: said("hide me") } },
              ],
              audio: { id: "hide me", data: "SECRET-42", transcript: said("hide me"), expires_at: 1 },
              tool_calls: [
                {
                  id: "hide me",
                  type: "function",
                  function: {
                    name: own("ToolInput", "f"),
                    arguments: own("ToolInput", call.map(({ text }) => text).join("")),
                  },
                },
              ],
              function_call: { name: own("ToolInput", "hide me"), arguments: own("ToolInput", '"hide me"') },
            },
            logprobs: tokens("Go", " hide", " me"),
            finish_reason: "stop",
          },
          {
            index: 1,
            message: {
              role: "assistant",
              content: [{ type: "text", text: said("hide me") }],
              refusal: own("Refusal", "hide me"),
            },
          },
        ],
        usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
      },
    ],
  },
  {
    name: "OpenAI chat, streamed with pairs of surrogates cut",
    framing: "sse",
    documents: parts(
      "0",
      "Content",
      "SECRET-42\ud83d|\ude00hide me \ud83d|\ude00| \ud83d||\ude00SEC\ud83d|\ude00RET \u{1f600}\ud83d|\ude00\ud83d|\ude00 \u{1f511}|",
    ).map((text) => choice(0, { content: text })),
    end: "[DONE]",
  },
  {
    name: "OpenAI chat, streamed with pairs of surrogates cut in arguments",
    framing: "sse",
    documents: parts("0", "ToolInput", '{"a":"\ud83d|\ude00SECRET-42\ud83d|\ude00key"}').map((text) =>
      choice(0, { tool_calls: [{ index: 0, function: { arguments: text } }] }),
    ),
    end: "[DONE]",
  },
  {
    name: "chat, streamed with each text for two kinds of clients",
    framing: "sse",
    documents: ["SE", "CRET-", "42 hi", "de me", "!"].flatMap((text) =>
      [0, 1].map((index) => ({
        choices: [
          {
            index,
            text: part(`${index} text`, "Content", text),
            logprobs: null,
            delta: { role: "assistant", content: part(`${index} content`, "Content", text) },
          },
        ],
      })),
    ),
    end: "[DONE]",
  },
  {
    name: "OpenAI completions, streamed",
    framing: "sse",
    documents: [
      ...parts("0", "Content", "A SECRE|T-42").map((text) => ({
        choices: [{ text, index: 0, logprobs: null }],
        model: "m",
      })),
      ...parts("1", "Content", "hide| me").map((text) => ({
        choices: [{ index: 1, text, finish_reason: "" }],
        model: "m",
      })),
      {
        choices: [
          {
            index: 1,
            text: "",
            logprobs: new Repeat({
              tokens: [" me"],
              token_logprobs: [-1],
              top_logprobs: [{ " me": -1 }],
              text_offset: [4],
            }),
          },
        ],
      },
    ],
    end: "[DONE]",
  },
  {
    name: "OpenAI completions",
    framing: "json",
    documents: [
      {
        model: "m",
        choices: [{ text: said("hide me") }, { text: said("b"), logprobs: new Repeat({ tokens: ["b"] }) }],
      },
    ],
  },
  { name: "OpenAI responses, streamed", framing: "named sse", documents: responsesStream },
  {
    name: "OpenAI responses, streamed, two parts of an item by turns",
    framing: "named sse",
    documents: [
      ...turns("SEC", "hide"),
      event("response.output_text.done", { output_index: 0, content_index: 0, text: said("SEC") }),
      event("response.content_part.done", {
        output_index: 0,
        content_index: 0,
        part: { type: "output_text", text: said("SEC") },
      }),
      turn(1, " me, SECRET"),
      event("response.refusal.done", { output_index: 0, content_index: 2, refusal: own("Refusal", "hide me") }),
      turn(1, "-42"),
      event("response.reasoning_summary_text.delta", {
        output_index: 1,
        summary_index: 1,
        delta: part("summary", "Reasoning", "hide"),
      }),
      event("response.reasoning_summary_text.done", {
        output_index: 1,
        summary_index: 0,
        text: own("Reasoning", "hide me"),
      }),
      event("response.reasoning_summary_text.delta", {
        output_index: 1,
        summary_index: 1,
        delta: part("summary", "Reasoning", " me"),
      }),
    ],
  },
  {
    name: "OpenAI responses, streamed, of other tools",
    framing: "named sse",
    documents: [
      ...parts("0 code", "ToolInput", "print('hi|de me')").map((delta) =>
        event("response.code_interpreter_call_code.delta", { output_index: 0, item_id: "ci", delta }),
      ),
      event("response.code_interpreter_call_code.done", {
        output_index: 0,
        code: own("ToolInput", "print('hide me')"),
      }),
      event("response.output_item.done", {
        output_index: 0,
        item: {
          type: "code_interpreter_call",
          code: own("ToolInput", "hide me"),
          outputs: [{ type: "logs", logs: own("ToolOutput", "hide me") }],
        },
      }),
      ...parts("1 refusal", "Refusal", "I hi|de me").map((delta) =>
        event("response.refusal.delta", { output_index: 1, content_index: 0, delta }),
      ),
      event("response.refusal.done", { output_index: 1, content_index: 0, refusal: own("Refusal", "I hide me") }),
      event("response.audio.delta", { delta: "SECRET-42" }),
      ...parts("audio", "Content", "SECRET|-42").map((delta) => event("response.audio.transcript.delta", { delta })),
      event("response.output_item.done", {
        output_index: 3,
        item: {
          type: "local_shell_call",
          action: {
            type: "exec",
            command: [own("ToolInput", "hide me")],
            env: new Tree({ user_id: "SECRET-42", status: "hide me" }),
            user: own("ToolInput", "hide me"),
          },
        },
      }),
      event("response.output_item.done", {
        output_index: 2,
        item: {
          type: "web_search_call",
          action: {
            type: "search",
            query: own("ToolInput", "hide me"),
            sources: [{ type: "url", url: own("ToolInput", "https://SECRET-42") }],
          },
        },
      }),
    ],
  },
  {
    name: "OpenAI responses",
    framing: "json",
    documents: [response("completed", [reasoningItem, message, functionCall])],
  },
  { name: "Anthropic, streamed", framing: "named sse", documents: anthropicStream },
  {
    name: "Anthropic",
    framing: "json",
    documents: [
      {
        id: "msg_1",
        type: "message",
        role: "assistant",
        model: "claude-x",
        content: [
          { type: "thinking", thinking: own("Reasoning", "hide me"), signature: "SECRET-42" },
          { type: "redacted_thinking", data: "SECRET-42" },
          {
            type: "text",
            text: said("SECRET-42"),
            citations: [{ type: "page", cited_text: said("hide me"), encrypted_index: "SECRET-42" }],
          },
          {
            type: "tool_use",
            id: "hide me",
            name: own("ToolInput", "get"),
            input: new Tree({ card: 4111111111111111, "SECRET-42": ["hide me", -1.5e3, true] }),
          },
          {
            type: "web_search_tool_result",
            tool_use_id: "hide me",
            content: [
              {
                type: "web_search_result",
                title: said("hide me"),
                url: said("https://hide me"),
                encrypted_content: "SECRET-42",
              },
            ],
          },
          { type: "document", content: { source: { type: "text", media_type: "text/plain", data: said("hide me") } } },
        ],
        stop_reason: "tool_use",
        usage: anthropicUsage,
      },
    ],
  },
  {
    name: "an error in a stream",
    framing: "named sse",
    documents: [{ type: "error", error: { type: "api_error", message: said("hide me") } }],
  },
  { name: "Gemini, streamed", framing: "sse", documents: geminiStream },
  { name: "Gemini as an array", framing: "array", documents: geminiStream },
  {
    name: "Gemini",
    framing: "json",
    documents: [
      {
        candidates: [
          {
            content: { parts: [{ thought: true, text: own("Reasoning", "hide me") }, { text: said("SECRET-42") }] },
            logprobsResult: new Repeat({ chosenCandidates: [{ token: "SECRET-42" }] }),
          },
        ],
        promptFeedback: { blockReason: "SECRET-42" },
      },
    ],
  },
  { name: "Cohere 2, streamed", framing: "named sse", documents: cohereStream },
  {
    name: "Cohere 2, streamed with citations between",
    framing: "named sse",
    documents: [
      { type: "content-delta", index: 0, delta: { message: { content: { text: part("0", "Content", "hide") } } } },
      { type: "citation-start", index: 0, delta: { message: { citations: { text: said("hide me"), sources: [] } } } },
      { type: "content-delta", index: 0, delta: { message: { content: { text: part("0", "Content", " me") } } } },
    ],
  },
  {
    name: "Gemini with what it has searched",
    framing: "sse",
    documents: [
      gemini([{ text: part("text", "Content", "hide") }], {
        groundingMetadata: { groundingSupports: [{ segment: { text: said("hide") } }] },
      }),
      gemini([{ text: part("text", "Content", " me") }]),
    ],
  },
  {
    name: "an engine that wraps its events",
    framing: "sse",
    documents: [
      { a: { b: { text: part("ab", "Content", "hide") }, c: { text: part("ac", "Content", "SECRET") } } },
      { a: { c: { text: part("ac", "Content", "-42") }, b: { text: part("ab", "Content", " me") } } },
    ],
  },
  {
    name: "Cohere 2",
    framing: "json",
    documents: [
      {
        id: "1",
        message: {
          role: "assistant",
          content: [{ type: "text", text: said("hide me") }],
          tool_plan: said("SECRET-42"),
        },
      },
    ],
  },
  {
    name: "Cohere 1, streamed",
    framing: "lines",
    documents: [
      ...parts("text", "Content", "hide| me").map((text) => ({
        event_type: "text-generation",
        text,
        is_finished: false,
      })),
      { event_type: "stream-end", response: { text: said("hide me"), meta: { tokens: { a: 1 } } }, is_finished: true },
    ],
  },
  { name: "Ollama's chat", framing: "lines", documents: ollamaChat },
  {
    name: "Ollama's generate",
    framing: "lines",
    documents: [
      ...parts("response", "Content", "hide| me").map((text) => ({ model: "llama", response: text, done: false })),
      { model: "llama", response: "", done: true, context: new Repeat([1, 2, 3]) },
    ],
  },
  {
    name: "Bedrock converse",
    framing: "json",
    documents: [
      {
        output: {
          message: {
            role: "assistant",
            content: [
              { reasoningContent: { reasoningText: { text: own("Reasoning", "hide me"), signature: "SECRET-42" } } },
              { text: said("SECRET-42") },
              { toolUse: { toolUseId: "hide me", name: own("ToolInput", "f"), input: new Tree({ a: "hide me" }) } },
            ],
          },
        },
        stopReason: "tool_use",
      },
    ],
  },
  {
    name: "Mistral, streamed in parts",
    framing: "sse",
    documents: [
      choice(0, { content: [{ type: "thinking", thinking: [{ type: "text", text: part("t", "Reasoning", "hi") }] }] }),
      choice(0, {
        content: [{ type: "thinking", thinking: [{ type: "text", text: part("t", "Reasoning", "de me") }] }],
      }),
      choice(0, { content: [{ type: "text", text: part("c", "Content", "SECRET") }] }),
      choice(0, { content: part("c", "Content", "-42") }),
    ],
    end: "[DONE]",
  },
  {
    name: "a stream whose events have all so far beside what is new",
    framing: "sse",
    documents: [
      {
        choices: [
          { index: 0, message: { content: soFar("0", "hide") }, delta: { content: part("0", "Content", "hide") } },
        ],
      },
      {
        choices: [
          { index: 0, message: { content: soFar("0", "hide me") }, delta: { content: part("0", "Content", " me") } },
        ],
      },
    ],
  },
  {
    name: "an engine of its own, streamed",
    framing: "sse",
    documents: [
      {
        index: 1,
        token: { id: 5, text: part("1", "Content", "SECRET"), logprob: -1, special: false },
        generated_text: null,
      },
      {
        index: 1,
        token: { id: 5, text: part("1", "Content", "-42"), logprob: -1, special: false },
        generated_text: said("SECRET-42"),
      },
    ],
  },
  { name: "strings", framing: "sse", documents: parts("s", "Content", "SECRET|-42") },
  {
    name: "a field that nobody knows",
    framing: "json",
    documents: [{ choices: [{ novel: { deep: [said("hide me")] } }], novelId: "hide me" }],
  },
];

/** The sentences of the cases have these. */
export const WORDS = [
  { word: "SECRET-42", mask: "[gone]" },
  { word: "hide me", mask: 'a "\\\n\u00e9' },
  { word: "4111111111111111", mask: "[card]" },
  { word: "\u{1f600}key", mask: "[key]" },
  { word: "RET \u{1f600}\u{1f600}\u{1f600}", mask: "[faces]" },
];
