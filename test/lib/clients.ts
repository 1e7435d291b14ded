import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";

/** An answer that comes as one piece. */
function answering(body: string | Uint8Array, type: string): typeof fetch {
  return () =>
    Promise.resolve(
      new Response(typeof body === "string" ? body : Uint8Array.from(body), {
        status: 200,
        headers: { "content-type": type },
      }),
    );
}

/** The real client, which gets this answer to whatever it asks. */
export function openAi(body: string | Uint8Array, type = "text/event-stream"): OpenAI {
  return new OpenAI({ apiKey: "none", maxRetries: 0, fetch: answering(body, type) });
}

export function anthropic(body: string | Uint8Array, type = "text/event-stream"): Anthropic {
  return new Anthropic({ apiKey: "none", maxRetries: 0, fetch: answering(body, type) });
}

export const CHAT = { model: "m", messages: [{ role: "user" as const, content: "?" }] };
export const MESSAGES = { ...CHAT, max_tokens: 9 };
export const RESPONSES = { model: "m", input: "?" };
