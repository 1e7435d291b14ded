import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { rootCertificates } from "node:tls";
import { parse } from "yaml";
import { COMBINED, wasmFile } from "../../../scripts/setup/plugins.ts";
import { ROOT } from "../../../scripts/setup/root.ts";
import { type Certificate, certificates } from "../model-router/certificates.ts";
import { dataBlocks, parseBlock } from "../../schema/readme.ts";
import {
  type Address,
  type Bootstrap,
  type Json,
  type JsonObject,
  type NativeFilter,
  visit,
} from "./gateway-config.ts";

const FOLDER = join(ROOT, "envoy-examples");

/** An example's configuration where it has only one. */
const ONLY = "envoy.yaml";

/** The examples that have an `envoy.yaml`, by folder. */
export function exampleNames(): string[] {
  return readdirSync(FOLDER).filter((name) => exampleFiles(name).includes(ONLY));
}

/** Every configuration of every example, by folder and file. */
export function exampleConfigurations(): [name: string, file: string][] {
  return readdirSync(FOLDER).flatMap((name) => exampleFiles(name).map((file): [string, string] => [name, file]));
}

/**
 * The Envoy configurations of an example: `envoy.yaml`, or one `envoy-<gateway>.yaml` for each gateway that it needs;
 * `envoy-gateway.yaml` is for the product of that name.
 */
function exampleFiles(name: string): string[] {
  return readdirSync(join(FOLDER, name)).filter((file) => /^envoy(-(?!gateway\.)[a-z]+)?\.yaml$/.test(file));
}

export interface ExampleOptions {
  /** Which of the example's configurations; default `envoy.yaml`. */
  file?: string;
  /** Files of `fragmentNames` to be added. */
  fragments?: readonly string[];
  /** The certificate that a gateway shows, and who vouches for others; default: some that are surely there. */
  identity?: { own: Certificate; ca: string };
}

/** The indented blocks of an example's README that send requests with curl to its one gateway. */
export function readmeRequests(name: string): string[] {
  const file = join(FOLDER, name, "README.md");
  if (!existsSync(file)) return [];
  const blocks = [...readFileSync(file, "utf8").matchAll(/(?<=\n\n)(?: {4}.*\n)+/g)].map(([block]) => block);
  return blocks.filter((block) => block.includes("curl ") && !block.includes("$port"));
}

/** The other files of an example that have parts of an `envoy.yaml`. */
export function fragmentNames(name: string): string[] {
  return readdirSync(join(FOLDER, name)).filter((file) => /^(access-log|tracing)-.*\.yaml$/.test(file));
}

/**
 * An example's configuration as it stands, but for what belongs to the machine: the built plugins by their absolute path,
 * certificates, ports that the system picks, and of files that Envoy watches a copy. Fragments are added where they say that they
 * belong.
 */
export function exampleConfig(name: string, { file = ONLY, fragments = [], identity }: ExampleOptions = {}): Bootstrap {
  const bootstrap = readExample(name, file) as unknown as Bootstrap;
  for (const fragment of fragments) addFragment(bootstrap, readExample(name, fragment));
  const { listeners, clusters } = bootstrap.static_resources;
  useBuilt(bootstrap as unknown as Json);
  visit(listeners, (node) => {
    const source = node["path_config_source"] as { path: string } | undefined;
    if (source) source.path = watchedCopy(source.path);
  });
  for (const bound of [...listeners, bootstrap.admin ?? null]) {
    visit(bound, (node) => {
      if ("port_value" in node) node["port_value"] = 0;
    });
  }
  visit([...listeners, ...clusters], (node) => {
    if ("trusted_ca" in node) node["trusted_ca"] = { inline_string: identity?.ca ?? rootCertificates[0]! };
    if (!("certificate_chain" in node)) return;
    const { cert, key } = identity?.own ?? someCertificate();
    node["certificate_chain"] = { inline_string: cert };
    node["private_key"] = { inline_string: key };
  });
  return bootstrap;
}

/** The same with the clusters' hosts, by name, at these addresses: TLS and all. */
export function exampleAt(name: string, hosts: Record<string, Address>, options?: ExampleOptions): Bootstrap {
  const bootstrap = exampleConfig(name, options);
  visit(bootstrap.static_resources.clusters, ({ socket_address: written }) => {
    const address = hosts[String((written as JsonObject | undefined)?.["address"])];
    if (address) Object.assign(written as JsonObject, { address: address.host, port_value: address.port });
  });
  return bootstrap;
}

function readExample(name: string, file: string): JsonObject {
  return parse(readFileSync(join(FOLDER, name, file), "utf8")) as JsonObject;
}

/** Each key of a fragment goes to the one of its name: of the HTTP connection manager, or of the clusters, which it may have already. */
function addFragment(
  { static_resources: { listeners, clusters } }: Bootstrap,
  { access_log, tracing, ...rest }: JsonObject,
): void {
  visit(listeners, (manager) => {
    if (!("http_filters" in manager)) return;
    if (access_log) manager["access_log"] = [manager["access_log"] ?? [], access_log].flat() as Json;
    if (tracing) manager["tracing"] = tracing;
  });
  const { clusters: added = [], ...unknown } = rest as { clusters?: JsonObject[] };
  const names = (clusters as JsonObject[]).map(({ name }) => name);
  clusters.push(...added.filter((cluster) => !names.includes(cluster["name"])));
  if (Object.keys(unknown).length > 0) throw new Error(`a fragment with ${Object.keys(unknown).join(", ")}`);
}

/** Where a configuration's files are that Envoy watches. */
export function watchedFiles({ static_resources }: Bootstrap): string[] {
  const files: string[] = [];
  visit(static_resources.listeners, (node) => {
    const source = node["path_config_source"] as { path: string } | undefined;
    if (source) files.push(source.path);
  });
  return files;
}

/** A copy in a folder of its own, with the built plugins; it is gone with this process. */
function watchedCopy(path: string): string {
  const folder = mkdtempSync(join(tmpdir(), "weir-watched-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const resources = parse(readFileSync(join(ROOT, path), "utf8")) as Json;
  useBuilt(resources);
  const copy = join(folder, basename(path));
  writeFileSync(copy, JSON.stringify(resources));
  return copy;
}

let some: Certificate | undefined;

/** A certificate that is surely there. */
function someCertificate(): Certificate {
  return (some ??= certificates({ gateway: { subject: "/CN=gateway", san: "DNS:gateway" } }).gateway);
}

/** The HTTP filters that a document tells operators to load, with the built plugins. */
export function documentedFilters(document: string): NativeFilter[] {
  const block = dataBlocks(readFileSync(join(ROOT, document), "utf8")).find(({ text }) =>
    text.includes("http_filters"),
  );
  if (!block) throw new Error(`${document} shows no http_filters`);
  const [{ http_filters }] = parseBlock(block) as [{ http_filters: NativeFilter[] }];
  useBuilt(http_filters as unknown as Json);
  return http_filters;
}

/** An example's `ratelimit.yaml`, the limits for Envoy's rate limit service; undefined when it needs none. */
export function exampleLimits(name: string): string | undefined {
  const file = join(FOLDER, name, "ratelimit.yaml");
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/**
 * An example's configuration as `exampleConfig` has it, with each cluster leading to where `addresses` says, without TLS. Endpoints
 * that say whose they are keep their priorities, and lead to where the provider's name does.
 */
export function localConfig(name: string, addresses: Record<string, Address>, options?: ExampleOptions): Bootstrap {
  const bootstrap = exampleConfig(name, options);
  const socketAddress = (upstream: string): Json => {
    const address = addresses[upstream];
    if (!address) throw new Error(`no address for ${upstream}`);
    return { socket_address: { address: address.host, port_value: address.port } };
  };
  const clusters = (bootstrap.static_resources.clusters as JsonObject[]).map((written): Json => {
    const { transport_socket: _socket, transport_socket_matches: _sockets, ...rest } = written;
    const cluster = String(written["name"]);
    if (providersOf(written).length > 0) {
      visit(rest, (node) => {
        const provider = providerOf(node);
        if (provider !== undefined) node["endpoint"] = { address: socketAddress(provider), hostname: provider };
      });
      return { ...rest, type: "STATIC" };
    }
    const { typed_extension_protocol_options: protocol } = written;
    return {
      name: cluster,
      type: "STATIC",
      ...(protocol ? { typed_extension_protocol_options: protocol } : {}),
      load_assignment: {
        cluster_name: cluster,
        endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(cluster) } }] }],
      },
    };
  });
  return { ...bootstrap, static_resources: { ...bootstrap.static_resources, clusters } };
}

/** Changes a plugin's configuration, wherever a gateway has it. */
export function reconfigure(
  bootstrap: Bootstrap,
  plugin: string,
  change: (configuration: Record<string, unknown>) => void,
): void {
  let instances = 0;
  visit(bootstrap, (node) => {
    if (node["root_id"] !== plugin) return;
    const written = node["configuration"] as { value: string };
    const configuration = JSON.parse(written.value) as Record<string, unknown>;
    change(configuration);
    written.value = JSON.stringify(configuration);
    instances++;
  });
  if (instances === 0) throw new Error(`no ${plugin} in this gateway`);
}

/** The same gateway with the module that has all plugins, in one VM. */
export function inOneModule(bootstrap: Bootstrap): Bootstrap {
  const environment: Json[] = [];
  visit(bootstrap, (node) => {
    const names = (node["environment_variables"] as { host_env_keys?: Json[] } | undefined)?.host_env_keys ?? [];
    if (names.length > environment.length) environment.splice(0, environment.length, ...names);
  });
  visit(bootstrap, (node) => {
    if (!("vm_id" in node)) return;
    node["vm_id"] = COMBINED;
    node["code"] = { local: { filename: wasmFile(COMBINED) } };
    node["environment_variables"] = { host_env_keys: environment };
  });
  return bootstrap;
}

/** What a configuration leads to: its clusters by name; of a cluster of several providers, these. */
export function upstreamNames(bootstrap: Bootstrap): string[] {
  return bootstrap.static_resources.clusters.flatMap((cluster) => {
    const providers = providersOf(cluster as JsonObject);
    return providers.length > 0 ? providers : [String((cluster as JsonObject)["name"])];
  });
}

/** Whose endpoints a cluster has. */
function providersOf(cluster: JsonObject): string[] {
  const providers: string[] = [];
  visit(cluster, (node) => {
    const provider = providerOf(node);
    if (provider !== undefined) providers.push(provider);
  });
  return providers;
}

/** Whose an endpoint says that it is. */
function providerOf(node: JsonObject): string | undefined {
  const { metadata, endpoint } = node as {
    endpoint?: Json;
    metadata?: { filter_metadata?: { weir?: { provider?: string } } };
  };
  return endpoint === undefined ? undefined : metadata?.filter_metadata?.weir?.provider;
}

/** Gives the built plugins their absolute path. */
function useBuilt(config: Json): void {
  visit(config, (node) => {
    const plugin = /^dist\/(.*)\.wasm$/.exec(String(node["filename"]))?.[1];
    if (plugin !== undefined) node["filename"] = wasmFile(plugin);
  });
}
