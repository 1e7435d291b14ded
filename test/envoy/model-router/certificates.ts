import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Certificate {
  /** PEM. */
  cert: string;
  key: string;
}

/** A certificate authority and certificates signed by it, made by openssl for one test run. */
export function certificates<Name extends string>(
  subjects: Record<Name, { subject: string; san: string }>,
): Record<Name | "ca", Certificate> {
  const folder = mkdtempSync(join(tmpdir(), "weir-ca-"));
  const make = (name: string, args: string[]): Certificate => {
    const [cert, key] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
    const request = [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-days",
      "1",
    ];
    execFileSync("openssl", [...request, "-out", cert, "-keyout", key, ...args], { stdio: "pipe" });
    return { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
  };
  try {
    const ca = make("ca", ["-subj", "/CN=test-ca"]);
    const signed = [
      "-CA",
      join(folder, "ca.pem"),
      "-CAkey",
      join(folder, "ca.key"),
      "-addext",
      "basicConstraints=critical,CA:FALSE",
    ];
    const made = Object.entries<{ subject: string; san: string }>(subjects).map(([name, { subject, san }]) => [
      name,
      make(name, ["-subj", subject, "-addext", `subjectAltName=${san}`, ...signed]),
    ]);
    return { ...(Object.fromEntries(made) as Record<Name, Certificate>), ca } as Record<Name | "ca", Certificate>;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
