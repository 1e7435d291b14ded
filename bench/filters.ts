/** An entry of `http_filters`, as Envoy's JSON configuration has it. */
export interface HttpFilter {
  name: string;
  typed_config: Record<string, unknown>;
}

/** The prefix of every type's name in Envoy's JSON configuration. */
export const TYPE = "type.googleapis.com/";

/** A wasm filter: its file (absolute), its root id, and its configuration as an object. */
export interface WasmPlugin {
  file: string;
  rootId: string;
  settings: object;
}

/** The wasm filter, in a VM of its own, able to hold the headers until the body is read. */
export function wasm({ file, rootId, settings }: WasmPlugin): HttpFilter {
  return {
    name: "envoy.filters.http.wasm",
    typed_config: {
      "@type": `${TYPE}envoy.extensions.filters.http.wasm.v3.Wasm`,
      config: {
        name: rootId || "peer",
        root_id: rootId,
        allow_on_headers_stop_iteration: true,
        configuration: { "@type": `${TYPE}google.protobuf.StringValue`, value: JSON.stringify(settings) },
        vm_config: { vm_id: rootId || "peer", runtime: "envoy.wasm.runtime.v8", code: { local: { filename: file } } },
      },
    },
  };
}

/** Where a value of a JSON body goes: dynamic metadata `namespace`, `key`. */
export interface MetadataRule {
  path: string[];
  namespace: string;
  key: string;
  type: "STRING" | "NUMBER";
}

function metadataRules(rules: MetadataRule[]): object[] {
  return rules.map(({ path, namespace, key, type }) => ({
    selectors: path.map((name) => ({ key: name })),
    on_present: { metadata_namespace: namespace, key, type },
  }));
}

/** Envoy's own filter that parses a whole JSON body and keeps values of it as metadata. */
export function jsonToMetadata(side: "request_rules" | "response_rules", rules: MetadataRule[]): HttpFilter {
  return {
    name: "envoy.filters.http.json_to_metadata",
    typed_config: {
      "@type": `${TYPE}envoy.extensions.filters.http.json_to_metadata.v3.JsonToMetadata`,
      [side]: { rules: metadataRules(rules) },
    },
  };
}

/** The secret that `credentialInjector` sends: in the bootstrap's static resources. */
export const INJECTED_SECRET = { name: "bench-key", generic_secret: { secret: { inline_string: "Bearer bench-key" } } };

/** Envoy's own filter that puts a fixed credential into `authorization`. */
export function credentialInjector(): HttpFilter {
  return {
    name: "envoy.filters.http.credential_injector",
    typed_config: {
      "@type": `${TYPE}envoy.extensions.filters.http.credential_injector.v3.CredentialInjector`,
      overwrite: true,
      credential: {
        name: "envoy.http.injected_credentials.generic",
        typed_config: {
          "@type": `${TYPE}envoy.extensions.http.injected_credentials.generic.v3.Generic`,
          credential: { name: INJECTED_SECRET.name },
        },
      },
    },
  };
}

/** Envoy's own filter that signs a request and its body for AWS. */
export function awsRequestSigning(accessKeyId: string, secretAccessKey: string): HttpFilter {
  return {
    name: "envoy.filters.http.aws_request_signing",
    typed_config: {
      "@type": `${TYPE}envoy.extensions.filters.http.aws_request_signing.v3.AwsRequestSigning`,
      service_name: "bedrock",
      region: "us-east-1",
      credential_provider: {
        inline_credential: { access_key_id: accessKeyId, secret_access_key: secretAccessKey },
      },
    },
  };
}

/** The same for the events of an SSE answer. */
export function sseToMetadata(rules: MetadataRule[]): HttpFilter {
  return {
    name: "envoy.filters.http.sse_to_metadata",
    typed_config: {
      "@type": `${TYPE}envoy.extensions.filters.http.sse_to_metadata.v3.SseToMetadata`,
      response_rules: {
        content_parser: {
          name: "envoy.content_parsers.json",
          typed_config: {
            "@type": `${TYPE}envoy.extensions.content_parsers.json.v3.JsonContentParser`,
            rules: metadataRules(rules).map((rule) => ({ rule })),
          },
        },
      },
    },
  };
}
