import { countDropped } from "../../assembly/bytes/buffer";
import { Bytes } from "../../assembly/bytes/view";
import { Problem, problemOfJson } from "../../assembly/filter/problem";
import { BatchProblem } from "../../assembly/llm/batch-problem";
import { BatchReader, FileBatchReader, MessageBatchReader } from "../../assembly/llm/batch-reader";
import { Dialect } from "../../assembly/llm/dialect";
import { Endpoint } from "../../assembly/llm/endpoint";
import { UploadPurpose } from "../../assembly/llm/upload-purpose";

/** What one reader takes with its paths, about. */
const READER_BYTES: i32 = 16 << 10;

/** Adds up what the requests of a batch upload may use, while it streams by. */
@final
export class BatchMeter {
  /** Why the upload can't be read, once `feed` says so. */
  problem: Problem = Problem.NotJson;

  private constructor(
    private readonly reader: BatchReader | null,
    private readonly purpose: UploadPurpose | null,
  ) {}

  /** Null: a form without a boundary. */
  static of(endpoint: Endpoint, contentType: Bytes): BatchMeter | null {
    countDropped(READER_BYTES);
    if (endpoint.isMultipart) {
      const file = new FileBatchReader();
      return file.begin(contentType) ? new BatchMeter(file, null) : null;
    }
    if (endpoint.dialect == Dialect.OpenAiFiles) return new BatchMeter(null, new UploadPurpose());
    return new BatchMeter(new MessageBatchReader(), null);
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
    if (!isReadable) return this.fail(problemOf(reader.problem));
    // As soon as it is certain: a host passes the last bytes on before it tells that they were the last.
    const isBatch = reader.isSurelyBatch || (isLast && reader.isBatch);
    return !isBatch || !reader.totals.hasDuplicate || this.fail(Problem.DuplicateKey);
  }

  /** A batch that comes in parts, cut anywhere, can't be read. */
  get isInParts(): bool {
    const purpose = this.purpose;
    return purpose != null && purpose.isBatch;
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

function problemOf(problem: BatchProblem): Problem {
  switch (problem) {
    case BatchProblem.BadMultipart:
      return Problem.BadMultipart;
    case BatchProblem.DuplicatePart:
      return Problem.DuplicatePart;
    default:
      return Problem.NotJson;
  }
}
