import protobuf from "protobufjs";

/**
 * The messages of the rate limit service as Envoy publishes them (`rls.proto`, `ratelimit.proto`), as far as they matter. What
 * the plugin doesn't read are bytes here, so that nobody minds their encoding.
 */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message RateLimitRequest {
    string domain = 1;
    repeated RateLimitDescriptor descriptors = 2;
    uint32 hits_addend = 3;
  }
  message RateLimitDescriptor {
    message Entry { string key = 1; string value = 2; }
    repeated Entry entries = 1;
    UInt64Value hits_addend = 3;
  }
  message UInt64Value { uint64 value = 1; }
  message Duration { int64 seconds = 1; int32 nanos = 2; }
  message HeaderValue { bytes key = 1; bytes value = 2; }
  message RateLimitResponse {
    enum Code { UNKNOWN = 0; OK = 1; OVER_LIMIT = 2; }
    message RateLimit {
      enum Unit { NONE = 0; SECOND = 1; MINUTE = 2; HOUR = 3; DAY = 4; MONTH = 5; YEAR = 6; WEEK = 7; }
      bytes name = 3;
      uint32 requests_per_unit = 1;
      Unit unit = 2;
    }
    message DescriptorStatus {
      Code code = 1;
      RateLimit current_limit = 2;
      uint32 limit_remaining = 3;
      Duration duration_until_reset = 4;
    }
    Code overall_code = 1;
    repeated DescriptorStatus statuses = 2;
    repeated HeaderValue response_headers_to_add = 3;
    bytes raw_body = 5;
  }
`);

export interface Request {
  domain: string;
  descriptors: { entries: { key: string; value: string }[]; hitsAddend: { value: bigint } | null }[];
  hitsAddend: number;
}

export interface Status {
  code: number;
  currentLimit?: { name?: Uint8Array; requestsPerUnit: number; unit?: number } | null;
  limitRemaining?: number;
  durationUntilReset?: { seconds: number; nanos?: number } | null;
}

export interface Answer {
  overallCode: number;
  statuses: Status[];
  responseHeadersToAdd?: { key: Uint8Array; value: Uint8Array }[];
}

const request = root.lookupType("RateLimitRequest");
const answer = root.lookupType("RateLimitResponse");

export function decodeRequest(bytes: Uint8Array): Request {
  const decoded = request.toObject(request.decode(bytes), { longs: String, defaults: true }) as {
    domain: string;
    descriptors: { entries: { key: string; value: string }[]; hitsAddend: { value: string } | null }[];
    hitsAddend: number;
  };
  const descriptors = decoded.descriptors.map(({ entries, hitsAddend }) => ({
    entries,
    hitsAddend: hitsAddend && { value: BigInt(hitsAddend.value) },
  }));
  return { ...decoded, descriptors };
}

export function encodeAnswer(value: Answer): Uint8Array {
  return answer.encode(answer.fromObject(value)).finish();
}

/** Throws when the bytes are no answer. */
export function decodeAnswer(bytes: Uint8Array): Answer {
  return answer.toObject(answer.decode(bytes), { longs: Number, defaults: true, enums: Number }) as Answer;
}
