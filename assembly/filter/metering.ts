import { AnswerMeter } from "../llm/answer/meter";
import { AnswerType, answerTypeOf } from "../llm/answer/type";
import { Dialect, Family, familyOf } from "../llm/dialect";
import { RequestEdit } from "../llm/request/edit";
import { RequestReader } from "../llm/request/reader";
import { USAGE_HEADERS } from "../llm/answer/usage-headers";
import { ResponseHead, responseHead } from "./response-head";

const FIRST_ERROR: i32 = 400;

/** A meter for the answer whose headers are here, and whose body `isEncoded` or not; to be given back. */
export function meterOf(head: ResponseHead, isEncoded: bool, dialect: Dialect): AnswerMeter {
  // Transcripts can be had as texts and subtitles.
  const isPlain = dialect == Dialect.OpenAiAudio && answerTypeOf(head.contentType) == AnswerType.Text;
  const meter = AnswerMeter.take(isEncoded, isPlain);
  if (familyOf(dialect) != Family.Bedrock) return meter;
  for (let i = 0; i < USAGE_HEADERS.length; i++) {
    const value = head.get(USAGE_HEADERS[i]);
    if (value != null) meter.readHeader(i, value);
  }
  return meter;
}

/** Whether the answer that has ended says by its status that there is none. */
export function isErrorAnswer(): bool {
  return responseHead.status >= FIRST_ERROR;
}

/**
 * What makes the provider say in its stream what was used; null where it does, can't, or there is no stream. Anthropic's
 * requests look like OpenAI's, and Anthropic refuses what it doesn't know: so only where the path tells.
 */
export function usageEditOf(asked: RequestReader, dialect: Dialect): RequestEdit | null {
  const canAsk = dialect == Dialect.OpenAiChat || dialect == Dialect.OpenAiCompletions;
  return canAsk && asked.streams ? asked.usageEdit : null;
}
