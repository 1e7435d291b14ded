import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { RE2 } from "re2-wasm";
import { type ServedKind, findCrds } from "../../scripts/setup/crds.ts";
import { ruleIssues } from "./rules.ts";
import { type Schema, strictSchema } from "./strict-schema.ts";

/** How much may take to fetch the definitions, the first time on a machine: a timeout for hooks. */
export const FETCH_TIMEOUT_MS = 300_000;

/** A Kubernetes manifest, as far as something here reads it. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
  spec?: Record<string, unknown>;
}

/** The kinds that manifests may be of, each with the definition that a cluster would check them against. */
export class Kinds {
  private readonly validators = new Map<string, ValidateFunction>();
  private readonly served: Map<string, ServedKind>;
  private readonly ajv = new Ajv({
    allErrors: true,
    allowUnionTypes: true,
    strictTypes: false,
    strictRequired: false,
    useDefaults: true,
    // Patterns are Go's; and the largest definition compiles in 1 s in place of 2.
    code: { regExp: re2, optimize: false },
    formats: {
      int32: wholeNumber(32),
      int64: wholeNumber(53),
      uint32: true,
      uint64: true,
      double: true,
      ...TEXT_FORMATS,
    },
    keywords: [{ keyword: "uniqueBy", type: "array", validate: areUnique }],
  });

  private constructor(kinds: ServedKind[]) {
    this.served = new Map(kinds.map((kind) => [`${kind.apiVersion} ${kind.kind}`, kind]));
  }

  static async load(): Promise<Kinds> {
    return new Kinds(await findCrds());
  }

  /** What an API server would refuse or drop of a manifest, each with its path; empty when all is well. */
  issues(manifest: Manifest): string[] {
    const name = `${manifest.apiVersion} ${manifest.kind}`;
    const kind = this.served.get(name);
    if (!kind) return [`no such kind: ${name}`];
    const { metadata } = manifest;
    const issues: string[] = [];
    if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(metadata?.name ?? "")) issues.push("/metadata/name must be a name");
    if (kind.isNamespaced !== (typeof metadata?.namespace === "string"))
      issues.push(`/metadata/namespace ${kind.isNamespaced ? "must be there" : "can't be: it is cluster-scoped"}`);
    if ("status" in manifest) issues.push("/status is the controller's");
    const withDefaults = structuredClone(manifest);
    const validate = this.validator(name, kind);
    if (!validate(withDefaults)) issues.push(...(validate.errors ?? []).map(issueOf));
    return issues.length > 0 ? issues : ruleIssues(kind.schema, withDefaults);
  }

  /** The same of an overlay, which has only what it changes of a resource. */
  overlayIssues(apiVersion: string, kind: string, overlay: unknown): string[] {
    const kindOf = this.served.get(`${apiVersion} ${kind}`)!;
    const validate = this.validator(`overlay of ${kind}`, { ...kindOf, schema: withoutRequired(kindOf.schema) });
    return validate(structuredClone(overlay)) ? [] : (validate.errors ?? []).map(issueOf);
  }

  private validator(name: string, { schema }: ServedKind): ValidateFunction {
    let validate = this.validators.get(name);
    if (!validate) this.validators.set(name, (validate = this.ajv.compile(strictSchema(schema))));
    return validate;
  }
}

/** The engine that Go has; the property is for a use of ajv that isn't this one. */
const re2 = Object.assign((pattern: string): RE2 => new RE2(pattern, "u"), { code: "re2" });

const TEXT_FORMATS = { byte: /^[A-Za-z0-9+/]*={0,2}$/, "date-time": true, ipv4: true, ipv6: true, cidr: true } as const;

function wholeNumber(bits: number) {
  return { type: "number" as const, validate: (value: number) => Math.abs(value) <= 2 ** (bits - 1) };
}

/** Whether no two entries of a list agree in all of these keys. */
function areUnique(keys: string[], list: Record<string, unknown>[]): boolean {
  return new Set(list.map((entry) => JSON.stringify(keys.map((key) => entry[key])))).size === list.length;
}

function issueOf({ instancePath, message, params }: ErrorObject): string {
  const { additionalProperty, allowedValues } = params as Record<string, unknown>;
  const detail = additionalProperty ?? allowedValues;
  return `${instancePath || "/"} ${message}${detail === undefined ? "" : `: ${JSON.stringify(detail)}`}`;
}

function withoutRequired(schema: Schema): Schema {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === "required" && Array.isArray(value) ? undefined : value,
  ) as Schema;
}
