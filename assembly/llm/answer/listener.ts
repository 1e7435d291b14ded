/** Hears, in the order of the answer, what is in it. */
export abstract class AnswerListener {
  /**
   * A part of what the model has written, as UTF-8: content, reasoning, refusals, names and arguments of tool calls, of all
   * choices. Split anywhere, also inside a character; never empty, gone when the call returns.
   */
  onText(pointer: usize, length: i32): void {}

  /**
   * An SSE event, [start, end) of the answer in bytes, has no choices but usage: the one that OpenAI dialects add for
   * `stream_options.include_usage`.
   */
  onUsageOnlyEvent(start: u64, end: u64): void {}
}
