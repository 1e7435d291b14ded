import { type PackageDefinition, loadFileDescriptorSetFromBuffer } from "@grpc/proto-loader";
import { runPython } from "../../../scripts/setup/python.ts";

const PROTOS = { folder: "xds-protos-1.85.0", requirements: "xds-protos-requirements.txt" };
const PROGRAM = `
import base64
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from envoy.service.accesslog.v3 import als_pb2
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2
files = {}
def add(file):
    if file.name in files: return
    for dependency in file.dependencies: add(dependency)
    files[file.name] = file
for module in (als_pb2, logs_service_pb2, trace_service_pb2): add(module.DESCRIPTOR)
definitions = FileDescriptorSet()
for file in files.values(): file.CopyToProto(definitions.file.add())
print(base64.b64encode(definitions.SerializeToString()).decode())
`;

/** The gRPC services that Envoy sends access logs, OpenTelemetry's logs and traces to, as gRPC's own package defines them. */
export async function grpcDefinitions(): Promise<PackageDefinition> {
  const definitions = Buffer.from(await runPython(PROTOS, PROGRAM), "base64");
  return loadFileDescriptorSetFromBuffer(definitions, { keepCase: true, longs: Number, enums: String, oneofs: true });
}
