import { type ValidateFunction } from "ajv";
import { isBeyondSchema } from "../contract/support/beyond-schema.ts";
import { isUndecided, LONG_MS, wrongWith } from "../contract/support/visible.ts";
import { REQUESTS, RESPONSES } from "../contract/support/traffic.ts";
import { type ConfigurationCase } from "./case.ts";
import { type Problem, type Rig } from "./rig.ts";

/** Says whether a plugin's schema takes a configuration. */
export type Judge = ValidateFunction;

const REQUEST = REQUESTS["a chat that ends with its model, streamed"]!;

/**
 * What is wrong with how a configuration is taken: it must be taken or refused with words that name the plugin, whatever
 * the way of writing it; the schema must agree; and what is taken must bring a request to an end.
 */
export function configurationProblem(
  rig: Rig,
  { settings, plain }: ConfigurationCase,
  judge: Judge,
): Problem | undefined {
  const first = configure(rig, settings);
  if (first.problem || plain === undefined) return first.problem;
  const second = configure(rig, plain);
  if (second.problem) return second.problem;
  if (first.ok !== second.ok)
    return { what: "a way of writing makes a difference", detail: [...first.lines, ...second.lines].join("\n") };
  const disagreement = disagreementWith(judge, plain, second);
  return disagreement === undefined ? undefined : { what: "the schema disagrees", detail: disagreement };
}

interface Configured {
  ok: boolean;
  lines: string[];
  problem?: Problem;
}

function configure(rig: Rig, configuration: string | Uint8Array): Configured {
  const { host, plugin } = rig;
  const context = host.createPlugin({ configuration });
  const lines = context.logs.flatMap((line) => line.text.split("\n"));
  const problem = context.ok ? problemServing(rig, context.send(REQUEST, RESPONSES[0]).stream) : silence(plugin, lines);
  context.delete();
  host.logs.length = 0;
  return { ok: context.ok, lines, ...(problem ? { problem } : {}) };
}

function problemServing({ host, plugin }: Rig, stream: Parameters<typeof isUndecided>[0]): Problem | undefined {
  host.tick(0);
  if (isUndecided(stream)) host.tick(LONG_MS);
  const wrong = wrongWith(stream, plugin);
  stream.finish();
  return wrong === undefined ? undefined : { what: "no defined end", detail: wrong };
}

function silence(plugin: string, lines: string[]): Problem | undefined {
  const isSaid = lines.length > 0 && lines.every((line) => line.startsWith(`${plugin}: config`));
  return isSaid ? undefined : { what: "refused without words", detail: lines.join("\n") };
}

function disagreementWith(judge: Judge, plain: string, { ok, lines }: Configured): string | undefined {
  const config = parsed(plain);
  if (config === undefined) return undefined;
  const isValid = judge(config);
  if (ok === isValid || (isValid && lines.every(isBeyondSchema))) return undefined;
  const errors = judge.errors?.map(({ instancePath, message }) => `${instancePath} ${message}`).join("; ");
  return isValid
    ? `the schema takes it, the plugin says ${lines.join("; ")}`
    : `the plugin takes it, the schema says ${errors}`;
}

/** The value of a JSON text that has no key twice and no number that JavaScript can't hold; undefined for all others. */
function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}
