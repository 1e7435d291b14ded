import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { command } from "./command.ts";
import { onPath } from "./executable.ts";
import { moveWhole } from "./pip.ts";
import { SetupError, step } from "./progress.ts";
import { ROOT } from "./root.ts";

const PINNED = "0.0.5";
const SOURCES = join(ROOT, "test", "hosts", "java");
const FOLDER = join(ROOT, ".tools", `java-host-${PINNED}`);
const LIBRARIES = join(FOLDER, "lib");
const COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";
const OLDEST_JAVA = 17;
const NEEDED = `the Java host needs a JDK of ${OLDEST_JAVA} or newer and Maven (Debian: apt-get install default-jdk-headless maven)`;

/** A program with its first arguments. */
export interface JavaDriver {
  file: string;
  args: string[];
}

/**
 * Finds the driver of the Java host (`io.roastedroot:proxy-wasm-java-host`) and returns how to run it: what it needs comes
 * through Maven, once into `.tools/`, checked against `test/hosts/java/jars.sha256`, and is compiled when it has changed.
 *
 * Throws a `SetupError` that says what to install when a JDK or Maven is missing.
 */
export async function findJavaHost(): Promise<JavaDriver> {
  const java = await program("java");
  if (!existsSync(LIBRARIES))
    await step(`Installing the Java host ${PINNED} into .tools (once, 1 MB and Maven's own plugins)`, install);
  const sources = readdirSync(join(SOURCES, "src")).map((name) => join(SOURCES, "src", name));
  const hash = createHash("sha256");
  for (const file of sources.sort()) hash.update(readFileSync(file));
  const classes = join(FOLDER, `classes-${hash.digest("hex").slice(0, 16)}`);
  if (!existsSync(classes)) await compile(classes, sources);
  return { file: java, args: ["-cp", [classes, ...libraries()].join(delimiter), "Driver"] };
}

async function program(name: string): Promise<string> {
  const found = onPath(name);
  if (!found) throw new SetupError(`${name} is missing: ${NEEDED}.`);
  if (name !== "java") return found;
  const { output } = await command(found, ["-version"]);
  const major = Number(/version "(\d+)/.exec(output)?.[1]);
  if (major >= OLDEST_JAVA) return found;
  throw new SetupError(`${found} is Java ${major || "of an unknown version"}: ${NEEDED}.`);
}

async function install(): Promise<void> {
  const maven = await program("mvn");
  const partial = `${LIBRARIES}.${process.pid}`;
  try {
    mkdirSync(FOLDER, { recursive: true });
    const args = ["-B", "-q", "-f", join(SOURCES, "pom.xml"), COPY, `-DoutputDirectory=${partial}`];
    const { code, output } = await command(maven, args, { cwd: FOLDER });
    if (code !== 0) throw new SetupError(`${output.trimEnd()}\nMaven could not get the Java host: see above.`);
    verify(partial);
    moveWhole(partial, LIBRARIES);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** Every jar must be in the list, with its hash, and every line of the list there. */
function verify(folder: string): void {
  const wanted = readFileSync(join(SOURCES, "jars.sha256"), "utf8").trim();
  const hashOf = (name: string): string =>
    createHash("sha256")
      .update(readFileSync(join(folder, name)))
      .digest("hex");
  const found = readdirSync(folder)
    .sort()
    .map((name) => `${hashOf(name)}  ${name}`)
    .join("\n");
  if (found !== wanted)
    throw new SetupError(`The Java host's jars are not those of test/hosts/java/jars.sha256, but:\n${found}`);
}

async function compile(classes: string, sources: string[]): Promise<void> {
  const partial = `${classes}.${process.pid}`;
  const compiler = await program("javac");
  const args = ["-Xlint:all", "-Werror", "-d", partial, "-cp", libraries().join(delimiter), ...sources];
  const { code, output } = await command(compiler, args);
  if (code !== 0) throw new SetupError(`The Java host's driver does not compile:\n${output}`);
  moveWhole(partial, classes);
}

function libraries(): string[] {
  return readdirSync(LIBRARIES).map((name) => join(LIBRARIES, name));
}
