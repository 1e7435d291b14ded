import { type ServiceDefinition, type handleClientStreamingCall, type handleUnaryCall } from "@grpc/grpc-js";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import type { Address } from "./gateway-config.ts";
import { grpcDefinitions } from "./grpc-definitions.ts";

/** An entry of Envoy's access log as it comes over gRPC, as far as it is read here. Maps are lists of keys and values. */
export interface AccessLogEntry {
  common_properties: {
    custom_tags: { key: string; value: string }[];
    filter_state_objects: { key: string; value: { type_url: string; value: Buffer } }[];
  };
  request: { path: string };
  response: { response_code: { value: number } | null };
}

/** A log record or a span of OpenTelemetry's; attributes that are no text are left out. */
export interface Told {
  attributes: Record<string, string>;
  /** Of a log record. */
  body: string | undefined;
  /** Of a span: its identity, whose child it is (empty: nobody's). */
  span: string;
  parent: string;
}

/** As they come. */
interface OtelItem {
  attributes?: { key: string; value: { string_value?: string } }[];
  body?: { string_value?: string };
  span_id?: Buffer;
  parent_span_id?: Buffer;
}

interface AccessLogMessage {
  identifier?: { log_name: string };
  http_logs?: { log_entry: AccessLogEntry[] };
}

// `instrumentation_library_...` is the older name of `scope_...`: on the wire they are the same.
interface LogsRequest {
  resource_logs: { instrumentation_library_logs: { logs: OtelItem[] }[] }[];
}

interface TraceRequest {
  resource_spans: { instrumentation_library_spans: { spans: OtelItem[] }[] }[];
}

/** A service that takes what an Envoy tells over gRPC: access logs, OpenTelemetry's log records and its spans. */
export class TelemetryReceiver {
  readonly accessLog: AccessLogEntry[] = [];
  /** The names that access logs were sent under. */
  readonly logNames = new Set<string>();
  readonly logRecords: Told[] = [];
  readonly spans: Told[] = [];
  private readonly server = new Server();
  private port = 0;

  static async start(): Promise<TelemetryReceiver> {
    const definitions = await grpcDefinitions();
    const receiver = new TelemetryReceiver();
    const serve = (service: string, methods: Parameters<Server["addService"]>[1]): void =>
      receiver.server.addService(definitions[service] as ServiceDefinition, methods);
    serve("envoy.service.accesslog.v3.AccessLogService", { StreamAccessLogs: receiver.takeAccessLog });
    serve("opentelemetry.proto.collector.logs.v1.LogsService", { Export: receiver.takeLogs });
    serve("opentelemetry.proto.collector.trace.v1.TraceService", { Export: receiver.takeSpans });
    receiver.port = await new Promise<number>((bound, failed) =>
      receiver.server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
        error ? failed(error) : bound(port),
      ),
    );
    return receiver;
  }

  get address(): Address {
    return { host: "127.0.0.1", port: this.port };
  }

  stop(): void {
    this.server.forceShutdown();
  }

  private readonly takeAccessLog: handleClientStreamingCall<AccessLogMessage, object> = (call, done) => {
    call.on("data", ({ identifier, http_logs }: AccessLogMessage) => {
      if (identifier) this.logNames.add(identifier.log_name);
      this.accessLog.push(...(http_logs?.log_entry ?? []));
    });
    call.on("end", () => done(null, {}));
    // Envoy ends before its stream does.
    call.on("error", () => undefined);
  };

  private readonly takeLogs: handleUnaryCall<LogsRequest, object> = ({ request }, done) => {
    const libraries = request.resource_logs.flatMap((resource) => resource.instrumentation_library_logs);
    this.logRecords.push(...libraries.flatMap(({ logs }) => logs).map(told));
    done(null, {});
  };

  private readonly takeSpans: handleUnaryCall<TraceRequest, object> = ({ request }, done) => {
    const libraries = request.resource_spans.flatMap((resource) => resource.instrumentation_library_spans);
    this.spans.push(...libraries.flatMap(({ spans }) => spans).map(told));
    done(null, {});
  };
}

function told({ attributes = [], body, span_id, parent_span_id }: OtelItem): Told {
  const texts = attributes.flatMap(({ key, value }) => {
    return value.string_value === undefined ? [] : [[key, value.string_value] as const];
  });
  return {
    attributes: Object.fromEntries(texts),
    body: body?.string_value,
    span: span_id?.toString("hex") ?? "",
    parent: parent_span_id?.toString("hex") ?? "",
  };
}
