/**
 * What the client is told, before it is put into the dialect of its request.
 *
 * `reason` (snake_case) is for operators: response code details `weir.<plugin>.<reason>`, and a metric. `code` and `param`
 * are OpenAI's error fields. The message may quote what the client sent, never which rule fired.
 */
@final
export class Refusal {
  constructor(
    readonly status: u32,
    readonly reason: string,
    readonly code: string,
    readonly message: string,
    readonly param: string | null = null,
    /** Names and values in turn, beside the content type; null for none. */
    readonly headers: string[] | null = null,
  ) {}
}
