import { countDropped } from "../../assembly/bytes/buffer";
import { Bytes } from "../../assembly/bytes/view";
import { Problem, problemOfBatch, problemOfJson } from "../../assembly/filter/problem";
import { BatchReader, FileBatchReader, MessageBatchReader } from "../../assembly/llm/batch/reader";
import { Dialect } from "../../assembly/llm/dialect";
import { Endpoint } from "../../assembly/llm/endpoint";
import { UploadPurpose } from "../../assembly/llm/batch/upload-purpose";
import { BatchRequests, NO_LIMIT } from "./batch-requests";
import { Limit } from "./limit";

/** What one reader takes with its paths, about. */
const READER_BYTES: i32 = 16 << 10;

/** Adds up what the requests of a batch upload may use, while it streams by. */
@final
export class BatchMeter {
  /** Why the upload can't be read, once `feed` says so. */
  problem: Problem = Problem.NotJson;

  /** It is certain that this is a batch. */
  private isBatch: bool = false;
  private isToldExceeded: bool = false;

  private constructor(
    private readonly requests: BatchRequests,
    private readonly reader: BatchReader | null,
    private readonly purpose: UploadPurpose | null,
  ) {}

  /** Null: a form without a boundary. */
  static of(endpoint: Endpoint, contentType: Bytes, limits: Limit[]): BatchMeter | null {
    countDropped(READER_BYTES);
    const requests = new BatchRequests(limits);
    if (endpoint.isMultipart) {
      const file = new FileBatchReader(requests);
      return file.begin(contentType) ? new BatchMeter(requests, file, null) : null;
    }
    if (endpoint.dialect == Dialect.OpenAiFiles) return new BatchMeter(requests, null, new UploadPurpose());
    return new BatchMeter(requests, new MessageBatchReader(requests), null);
  }

  feed(piece: Bytes, isLast: bool): bool {
    const purpose = this.purpose;
    if (purpose != null) {
      if (purpose.feed(piece.pointer, piece.length, isLast))
        return !purpose.hasDuplicate || this.fail(Problem.DuplicateKey);
      return this.fail(problemOfJson(purpose.problem));
    }
    const reader = this.reader!;
    const isReadable = reader.feed(piece.pointer, piece.length) && (!isLast || reader.finish());
    if (!isReadable) return this.fail(problemOfBatch(reader.problem));
    // As soon as it is certain: a host passes the last bytes on before it tells that they were the last.
    this.isBatch = reader.isSurelyBatch || (isLast && reader.isBatch);
    return !this.isBatch || !reader.totals.hasDuplicate || this.fail(Problem.DuplicateKey);
  }

  /** A batch that comes in parts, cut anywhere, can't be read. */
  get isInParts(): bool {
    const purpose = this.purpose;
    return purpose != null && purpose.isBatch;
  }

  /** By position, the limit that one of its requests is too large for, told once; `NO_LIMIT`: none. */
  takeExceeded(): i32 {
    if (!this.isBatch || this.isToldExceeded) return NO_LIMIT;
    this.isToldExceeded = this.requests.exceeded != NO_LIMIT;
    return this.requests.exceeded;
  }

  /** How much that request needs of that limit. */
  get needed(): i64 {
    return this.requests.needed;
  }

  get inputTokens(): i64 {
    const reader = this.reader;
    return reader != null && reader.isBatch ? reader.totals.inputTokens : 0;
  }

  /** The most tokens that all answers can have; `perAnswer` where a request gives no cap. */
  outputTokens(perAnswer: i64): i64 {
    const reader = this.reader;
    return reader != null && reader.isBatch ? reader.totals.outputTokens(perAnswer) : 0;
  }

  private fail(problem: Problem): bool {
    this.problem = problem;
    return false;
  }
}
