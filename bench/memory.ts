import { step as showStep } from "../scripts/setup/progress.ts";
import { wasm } from "./filters.ts";
import { Gateway, startUpstream } from "./gateway.ts";
import { STEPS, Statuses, type Step, type Subject } from "./memory-steps.ts";
import { stopAll } from "./processes.ts";
import { decimal, table } from "./table.ts";
import { GUARD_SETTINGS, LIMITER_SETTINGS, REFERENCE, ROUTER_SETTINGS, plugin, rust } from "./variants.ts";
import { vmMemories } from "./vm-memory.ts";

const ROUTING: Omit<Subject, "plugin"> = {
  route: { kind: "header" },
  steps: ["requests", "large", "reloads"],
  changed: (reload) => ({
    models: [...ROUTER_SETTINGS.models, { name: `reload-${reload}`, provider: "openai" }],
  }),
};

/** The filters whose memory can be looked at: the plugins, and the Rust peer to compare with. */
export const SUBJECTS: Readonly<Record<string, Subject>> = {
  "model-router": { ...ROUTING, plugin: plugin("model-router", ROUTER_SETTINGS) },
  [REFERENCE]: { ...ROUTING, plugin: rust("route") },
  "token-limiter": {
    plugin: plugin("token-limiter", LIMITER_SETTINGS),
    route: { kind: "plain" },
    steps: ["requests", "streams", "large-whole", "reloads"],
    changed: (reload) => ({
      limits: LIMITER_SETTINGS.limits.map((limit) => ({ ...limit, amount: limit.amount + reload })),
    }),
  },
  "prompt-guard": {
    plugin: plugin("prompt-guard", { rules: GUARD_SETTINGS.rules }),
    route: { kind: "plain" },
    steps: ["requests", "large-whole", "reloads"],
    changed: (reload) => ({ mask: `[${reload}]` }),
  },
  "response-guard": {
    plugin: plugin("response-guard", { rules: GUARD_SETTINGS.rules }),
    route: { kind: "plain" },
    steps: ["requests", "streams", "reloads"],
    changed: (reload) => ({ mask: `[${reload}]` }),
  },
};

/** What was seen after `done` repetitions: linear memory of each VM, resident memory of Envoy, in bytes. */
interface Look {
  done: number;
  vms: number[];
  residentBytes: number;
}

interface Outcome {
  looks: Look[];
  statuses: Statuses;
  /** Every answer had the expected status. */
  right: boolean;
  /** There never were more VMs, or larger ones, than after the warm-up. */
  flat: boolean;
}

/**
 * Runs the steps (keys of `STEPS`), each with a fresh Envoy, prints what its memory was at intervals and what was answered,
 * and returns 0 when all answers were right and all memory flat, else 1.
 */
export async function memory(envoy: string, subject: Subject, names: string[]): Promise<number> {
  const outcomes: [Step, Outcome][] = [];
  try {
    const upstreamPort = await startUpstream();
    for (const step of names.flatMap((name) => STEPS[name]!)) {
      outcomes.push([step, await showStep(step.name, () => observe(envoy, subject, upstreamPort, step))]);
    }
  } finally {
    stopAll();
  }
  const looks = outcomes.flatMap(([step, { looks }]) => looks.map((look) => row(step, look)));
  const verdicts = outcomes.map(([step, { statuses, right, flat }]) => [
    step.name,
    [...statuses].map(([status, times]) => `${times} x ${status}`).join(", "),
    right ? "met" : `NOT MET: ${step.expected}`,
    flat ? "met" : "NOT MET",
  ]);
  console.log(`\n${table(["step", "after", "VMs", "VM memory kB", "Envoy RSS MB"], looks)}`);
  console.log(`\n${table(["step", "answers", "as expected", "VM memory flat"], verdicts)}`);
  return outcomes.every(([, { right, flat }]) => right && flat) ? 0 : 1;
}

async function observe(envoy: string, subject: Subject, upstreamPort: number, step: Step): Promise<Outcome> {
  const { plugin, route } = subject;
  const configured = { ...plugin, settings: { ...plugin.settings, ...step.settings } };
  const bufferBytes = step.bufferBytes ?? null;
  const gateway = await Gateway.start(envoy, "memory", upstreamPort, {
    filters: [wasm(configured)],
    route,
    bufferBytes,
  });
  const looks: Look[] = [];
  const statuses = new Statuses();
  try {
    const look = async (done: number): Promise<void> => {
      looks.push({ done, vms: vmMemories(gateway.server.pid), residentBytes: gateway.server.residentBytes() });
    };
    await step.run({ gateway, subject: { ...subject, plugin: configured }, statuses, look });
  } finally {
    gateway.server.stop();
  }
  const right = [...statuses.keys()].every((status) => status === step.expected);
  const flat = looks.every(({ vms }) => sum(vms) <= sum(looks[0]!.vms));
  return { looks, statuses, right, flat };
}

function row(step: Step, { done, vms, residentBytes }: Look): string[] {
  const sizes = [...vms].sort((a, b) => b - a).map((bytes) => decimal(bytes / 1024, 0));
  return [
    step.name,
    done === 0 ? "warm-up" : String(done),
    String(vms.length),
    sizes.join(" + "),
    decimal(residentBytes / 2 ** 20, 0),
  ];
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
