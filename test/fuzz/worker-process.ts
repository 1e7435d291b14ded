import { fork, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../scripts/setup/root.ts";
import { type FuzzCase, writeCase } from "./case.ts";
import { type Answer, type Order, type RunOrder } from "./orders.ts";
import { type Problem } from "./rig.ts";

/** A case that says nothing for so long hangs, in milliseconds; without other work a case takes a few. */
const HANG_MS = 30_000;
const HANG: Problem = { what: "hang", detail: `no end within ${HANG_MS / 1000} s` };

type Ran = Extract<Answer, { kind: "ran" }>;

/** The process that runs cases. One that hangs is killed; the next order starts another. */
export class WorkerProcess {
  readonly #folder = mkdtempSync(join(tmpdir(), "weir-fuzz-"));
  readonly #mark = join(this.#folder, "index");
  #child: ChildProcess | undefined;

  /** Runs cases in their order until one shows a problem; `tell` hears how far it is. */
  async run(order: Omit<RunOrder, "kind">, tell: (done: number) => void): Promise<Ran> {
    writeFileSync(this.#mark, Buffer.alloc(6));
    const answer = await this.#order({ kind: "run", ...order }, tell);
    if (answer) return answer as Ran;
    const index = readFileSync(this.#mark).readUIntLE(0, 6);
    return { kind: "ran", done: index + 1, pages: 0, slowest: { index, milliseconds: HANG_MS }, problem: HANG };
  }

  /** What is wrong with one case; `isFresh`: in VMs that have seen no other. */
  async check(fuzzCase: FuzzCase, isFresh: boolean): Promise<Problem | undefined> {
    if (isFresh) this.stop();
    const answer = await this.#order({ kind: "check", fuzzCase: writeCase(fuzzCase), isFresh }, () => undefined);
    return answer ? (answer as Extract<Answer, { kind: "checked" }>).problem : HANG;
  }

  stop(): void {
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }

  dispose(): void {
    this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The answer, or undefined where the process hung; throws where it died by itself. */
  #order(order: Order, tell: (done: number) => void): Promise<Answer | undefined> {
    const child = this.#start();
    return new Promise((done, fail) => {
      const finish = (act: () => void): void => {
        clearTimeout(timer);
        child.off("message", hear).off("exit", die);
        act();
      };
      const hang = (): void =>
        finish(() => {
          this.stop();
          done(undefined);
        });
      let timer = setTimeout(hang, HANG_MS);
      const hear = (answer: Answer): void => {
        if (answer.kind !== "at") return finish(() => done(answer));
        clearTimeout(timer);
        timer = setTimeout(hang, HANG_MS);
        tell(answer.done);
      };
      const die = (code: number | null): void =>
        finish(() => {
          this.#child = undefined;
          fail(new Error(`the process that runs cases ended with ${code}`));
        });
      child.on("message", hear).on("exit", die);
      child.send(order);
    });
  }

  #start(): ChildProcess {
    if (this.#child) return this.#child;
    writeFileSync(this.#mark, Buffer.alloc(6));
    const child = fork(join(ROOT, "scripts", "run.mjs"), [join("test", "fuzz", "worker.ts")], {
      cwd: ROOT,
      execArgv: [],
      env: { ...process.env, FUZZ_MARK: this.#mark },
    });
    const kill = (): void => void child.kill("SIGKILL");
    process.once("exit", kill);
    child.once("exit", () => process.off("exit", kill));
    return (this.#child = child);
  }
}
