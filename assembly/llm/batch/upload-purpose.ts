import { Budget } from "../../bytes/budget";
import { beginsWithWord } from "../../bytes/ascii";
import { ByteString } from "../../bytes/view";
import { FirstText } from "../../json/first-text";
import { JsonPaths } from "../../json/paths";
import { JsonProblem, JsonScanner } from "../../json/scanner";
import { skipSpace } from "../../json/space";

const PATHS = new JsonPaths(["purpose"]);
const MAX_PURPOSE_BYTES: i32 = 64;
const BATCH = new ByteString("batch");

/** Reads what a file is for from the start of an upload in parts (OpenAI API reference, "Create upload"), which says it in JSON. */
@final
export class UploadPurpose {
  private readonly purpose: FirstText;
  private readonly scanner: JsonScanner;

  constructor() {
    const purpose = new FirstText(new Budget(MAX_PURPOSE_BYTES), MAX_PURPOSE_BYTES);
    this.purpose = purpose;
    this.scanner = new JsonScanner(PATHS, purpose);
  }

  /** False when this is no JSON, and then for every later piece. */
  feed(pointer: usize, length: i32, isLast: bool): bool {
    return this.scanner.feed(pointer, length) && (!isLast || this.scanner.finish());
  }

  get problem(): JsonProblem {
    return this.scanner.problem;
  }

  /** The purpose is there twice. */
  get hasDuplicate(): bool {
    return this.purpose.hasDuplicate;
  }

  /** Whether it says that the file is a batch, as far as was read. */
  get isBatch(): bool {
    const purpose = this.purpose.value;
    return this.purpose.isComplete && isBatchPurpose(purpose.pointer, purpose.length);
  }
}

/**
 * Whether a file uploaded for this purpose may be taken for a batch: in whatever case it is written, with blanks around the
 * word or more behind it, as lenient servers do, or with no word at all.
 */
export function isBatchPurpose(pointer: usize, length: i32): bool {
  const word = skipSpace(pointer, pointer + length);
  const left = <i32>(pointer + length - word);
  return left == 0 || beginsWithWord(word, left, BATCH);
}
