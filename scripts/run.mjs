/**
 * Runs one of the project's TypeScript scripts on a fresh clone: checks Node, installs the locked packages when they are
 * missing or not the locked ones, then runs the script in this process, so its arguments, exit code and signals are its own.
 *
 *     node scripts/run.mjs scripts/build.ts --only model-router
 *
 * Plain JavaScript with built-ins only: it runs before any package is there.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const [script, ...args] = process.argv.slice(2);
if (!script) fail("usage: node scripts/run.mjs scripts/<name>.ts [arguments]");

const { engines } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const oldest = engines.node.replace(">=", "");
const [oldestMajor, oldestMinor] = oldest.split(".").map(Number);
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
  fail(`Weir needs Node ${oldest} or newer; this is ${process.version} (https://nodejs.org).`);
}

process.chdir(ROOT);
if (!packagesAreTheLockedOnes()) installPackages();

const { register } = await import("tsx/esm/api");
register({ tsconfig: join(ROOT, "scripts", "tsconfig.json") });
const file = resolve(ROOT, script);
process.argv = [process.argv[0], file, ...args];
await import(pathToFileURL(file).href);

/** Whether the lock that npm leaves inside `node_modules` as its last act agrees with `package-lock.json`. */
function packagesAreTheLockedOnes() {
  const wanted = lockedPackages("package-lock.json");
  const present = lockedPackages(join("node_modules", ".package-lock.json"));
  if (!wanted) fail("package-lock.json is missing or unreadable: this is not a complete clone.");
  if (!present) return false;
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === "") continue;
    const found = present[path];
    if (!found && !entry.optional) return false;
    if (found && (found.version !== entry.version || found.integrity !== entry.integrity)) return false;
  }
  return Object.keys(present).every((path) => path in wanted);
}

function lockedPackages(path) {
  try {
    return JSON.parse(readFileSync(join(ROOT, path), "utf8")).packages;
  } catch {
    return undefined;
  }
}

function installPackages() {
  const started = Date.now();
  console.log("Installing npm packages (npm ci); the first time this takes about a minute ...");
  const { status, error } = spawnSync("npm", ["ci", "--no-fund", "--no-audit"], { cwd: ROOT, stdio: "inherit" });
  if (error) fail("npm is missing: install Node with npm (https://nodejs.org), then run this again.");
  if (status !== 0) fail("npm ci failed; its message is above.");
  console.log(`Installed npm packages in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}

function fail(line) {
  console.error(line);
  process.exit(1);
}
