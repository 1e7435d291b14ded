import { type Pair } from "../host/pairs.ts";
import { type Dice } from "./dice.ts";
import { TEXTS } from "./dictionary.ts";

const PATHS: readonly string[] = (
  "/v1/chat/completions /v1/completions /v1/responses /v1/embeddings /v1/moderations /v1/images/generations /v1/images/edits " +
  "/v1/audio/speech /v1/audio/transcriptions /v1/files /v1/uploads /v1/batches /v1/models /v1/realtime?model=gpt-4o " +
  "/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21 /v1/messages /v1/messages/count_tokens " +
  "/v1/messages/batches /v1/complete /v1beta/models/gemini-pro:generateContent " +
  "/v1beta/models/gemini-pro:streamGenerateContent?alt=sse /v1beta/models/gemini-pro:streamGenerateContent?key=k " +
  "/v1beta/models/e:embedContent /v1/projects/p/locations/l/publishers/google/models/gemini-pro:rawPredict " +
  "/model/anthropic.claude/converse /model/anthropic.claude/converse-stream /model/anthropic.claude/invoke " +
  "/model/anthropic.claude/invoke-with-response-stream /v1/chat /v2/chat /v2/embed /rerank /api/chat /api/generate /api/embed " +
  "/proxy/talk /notes / /v1 /v1/threads/t/runs /mcp"
).split(" ");

/** Paths that ask for what a chat asks for: most requests go there. */
const CHATS = ["/v1/chat/completions", "/v1/messages", "/v1/responses", "/v1beta/models/gemini-pro:generateContent"];

const QUERIES = [
  "?key=AIza",
  "?api-key=k&x=1",
  "?X-Amz-Signature=1;Key=2",
  "?alt=sse",
  "?%6bey=1",
  "?",
  "?a=b#f",
  "#f",
];

export function pathOf(dice: Dice): string {
  let path = dice.chance(3) ? dice.pick(PATHS) : dice.pick(CHATS);
  for (let left = dice.chance(4) ? dice.between(1, 3) : 0; left > 0; left--) path = oddPath(path, dice);
  return path;
}

function oddPath(path: string, dice: Dice): string {
  const at = dice.below(path.length + 1);
  const [before, after] = [path.slice(0, at), path.slice(at)];
  switch (dice.below(9)) {
    case 0:
      return path.replace(/[a-z]/g, (letter) => (dice.chance(4) ? encoded(letter, dice) : letter));
    case 1:
      return path.replace(/\//g, () => dice.pick(["/", "//", "/./", "/x/../", "/%2e/", "/%2E%2e/", "%2f", "/;a=b/"]));
    case 2:
      return `${path}${dice.pick(["/", "//", "/.", "/..", "%00", "%", "%2", "%zz", ":", "..", "%c3%a9", "é"])}`;
    case 3:
      return `${path}${dice.pick(QUERIES)}`;
    case 4:
      return `${dice.pick(["/api", "/a/b/c", "/../..", "http://other.example", "/v1"])}${path}`;
    case 5:
      return `${before}${"y".repeat(dice.pick([1, 300, 5000]))}${after}`;
    case 6:
      return path.replace(/[a-z]/g, (letter) => (dice.chance(3) ? letter.toUpperCase() : letter));
    case 7:
      return `${before}${after.slice(dice.size(4))}`;
    default:
      return `${before}${dice.pick(["%2F", "%3F", "%23", "*", "\t", " ", "+", "..", "&", "="])}${after}`;
  }
}

function encoded(letter: string, dice: Dice): string {
  const digits = letter.charCodeAt(0).toString(16);
  return `%${dice.chance(2) ? digits.toUpperCase() : digits}`;
}

const NAMES: readonly string[] = (
  "x-consumer x-groups x-session-id x-tenant authorization x-api-key api-key x-goog-api-key cookie proxy-authorization accept " +
  "accept-encoding content-encoding content-type upgrade connection te expect x-gateway-model-name x-gateway-provider-name " +
  "x-ai-eg-model x-provider x-amz-security-token x-amz-date x-amz-content-sha256 anthropic-version openai-organization " +
  "sec-websocket-protocol x-request-id x-gateway-via x-envoy-original-path x-forwarded-for content-disposition user-agent"
).split(" ");

const VALUES: readonly string[] = [
  ...[
    "",
    "x",
    "team-a",
    "research",
    "gpt-4o",
    "Bearer sk-2",
    "bearer  x",
    "Basic YTpi",
    "a=b; c=d",
    "identity",
    "gzip",
    "br, gzip",
  ],
  ...[
    "application/json",
    "application/json; charset=utf-16",
    "text/plain",
    "text/event-stream",
    "websocket",
    "gw-1",
    "gw-1, gw-1",
  ],
  ...[
    "openai-insecure-api-key.sk-1, realtime",
    "trailers",
    "100-continue",
    "é",
    "x".repeat(5000),
    "a,b,,c",
    "2023-06-01",
    " ",
  ],
];

/** A client's headers; `caller` is somebody whose use of a limit is no other's. */
export function requestHead(dice: Dice, caller: number, contentType: string | undefined): Pair[] {
  const method = dice.chance(15) ? dice.pick(["GET", "PUT", "HEAD", "OPTIONS", "CONNECT", "DELETE", "post"]) : "POST";
  const pairs: Pair[] = [
    [":authority", dice.chance(8) ? dice.pick(["eu.example.com", "x.example:443", "", "[::1]:80"]) : "gateway.example"],
    [":path", pathOf(dice)],
    [":method", method],
    [":scheme", "http"],
    ["authorization", `Bearer sk-${caller}`],
  ];
  if (dice.chance(2)) pairs.push(["x-consumer", dice.pick(["team-a", "team-b", `caller-${caller}`])]);
  if (contentType !== undefined) pairs.push(["content-type", contentType]);
  for (let left = dice.chance(3) ? dice.between(1, 4) : 0; left > 0; left--) pairs.push(oddHeader(dice));
  return pairs;
}

export function responseHead(dice: Dice, contentType: string): Pair[] {
  const status = dice.chance(5)
    ? dice.pick(["201", "204", "301", "400", "401", "404", "429", "500", "503", "529"])
    : "200";
  const pairs: Pair[] = [
    [":status", status],
    ["content-type", contentType],
  ];
  for (let left = dice.chance(6) ? dice.between(1, 2) : 0; left > 0; left--) pairs.push(oddHeader(dice));
  return pairs;
}

export function oddHeader(dice: Dice): Pair {
  return [dice.pick(NAMES), dice.chance(6) ? dice.pick(TEXTS).replaceAll(/[\r\n\0]/g, " ") : dice.pick(VALUES)];
}
