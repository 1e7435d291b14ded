import type { Upstream, Verdict } from "./walk.ts";

/** Longer bodies are cut to this many characters when printed. */
const WIDTH = 150;

const SHOWN_HEADERS = ["x-gateway-provider-name", "x-gateway-model-name", "x-consumer"];
const SHOWN_ANSWER_HEADERS = /^(retry-after|x-ratelimit-)/;
const SHOWN_OF_LOG = ["details", "requested_model", "model", "provider", "total_tokens", "usage_source"];

/** Writes the walk's account to standard output, in colour on a terminal. */
export class Printer {
  private readonly colours = process.stdout.isTTY && !process.env["NO_COLOR"];

  title(number: number, title: string): void {
    console.log(`\n${this.paint(1, `${number}. ${title}`)}`);
  }

  /** What the client sent. */
  sent(method: string, path: string, headers: Record<string, string>, body: string | FormData | undefined): void {
    this.line("sent", `${method} ${path}`);
    for (const [name, value] of Object.entries(headers)) this.line("", `${name}: ${value}`);
    if (typeof body === "string") this.line("", shorten(body));
    if (body instanceof FormData) {
      const fields = [...body].map(
        ([name, value]) => `${name}=${typeof value === "string" ? value : `<${value.name}>`}`,
      );
      this.line("", `multipart form: ${fields.join("  ")}`);
    }
  }

  /** What reached the providers, or that nothing did. */
  upstreams(upstreams: Upstream[]): void {
    if (upstreams.length === 0) this.line("upstream", "saw nothing");
    for (const { provider, request } of upstreams) {
      const state = request.state === "Complete" ? "" : ` (${request.state.toLowerCase()})`;
      this.line("upstream", `${provider}: ${request.method} ${request.path}${state}`);
      const headers = SHOWN_HEADERS.filter((name) => name in request.headers).map(
        (name) => `${name}: ${String(request.headers[name])}`,
      );
      if (headers.length > 0) this.line("", headers.join("  "));
      const form = request.headers["content-type"]?.startsWith("multipart/") ?? false;
      if (request.body.length > 0)
        this.line("", form ? `multipart form, ${request.body.length} bytes` : shorten(request.body.toString()));
    }
  }

  answer(status: number, headers: Headers, text: string): void {
    const events = text.split("\n\n").filter((event) => /^(data|event):/.test(event));
    this.line(
      "back",
      events.length > 0
        ? `${status}, ${events.length} events, the last: ${shorten(events.at(-1) ?? "")}`
        : `${status} ${shorten(text)}`,
    );
    const shown = [...headers].filter(([name]) => SHOWN_ANSWER_HEADERS.test(name));
    if (shown.length > 0) this.line("", shown.map(([name, value]) => `${name}: ${value}`).join("  "));
  }

  /** What Envoy's access log says of it, with what the plugins published. */
  log(entry: Record<string, unknown>): void {
    const parts = SHOWN_OF_LOG.filter((name) => entry[name] !== null && entry[name] !== undefined);
    this.line("logged", parts.map((name) => `${name}=${String(entry[name])}`).join("  "));
  }

  note(label: string, words: string): void {
    this.line(label, words);
  }

  check(what: string, ok: boolean): void {
    console.log(`   ${ok ? this.paint(32, "✓") : this.paint(31, "✗ NOT:")} ${what}`);
  }

  /** The table at the end. */
  summary(verdicts: Verdict[]): void {
    const width = Math.max(...verdicts.map(({ title }) => title.length));
    console.log(`\n${this.paint(1, "Summary")}`);
    for (const { title, passed, failed } of verdicts) {
      const mark = failed === 0 && passed > 0 ? this.paint(32, "✓") : this.paint(31, "✗");
      console.log(` ${mark} ${title.padEnd(width)}  ${passed} of ${passed + failed}`);
    }
  }

  private line(label: string, words: string): void {
    console.log(`   ${this.paint(2, label.padEnd(9))}${words}`);
  }

  private paint(code: number, words: string): string {
    return this.colours ? `\x1b[${code}m${words}\x1b[0m` : words;
  }
}

function shorten(text: string): string {
  const line = text.trim().replace(/\s*\n\s*/g, " ");
  return line.length <= WIDTH ? line : `${line.slice(0, WIDTH - 12)} ... (${text.length} characters)`;
}
