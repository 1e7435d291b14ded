import { Bytes } from "../../assembly/bytes/view";
import { NO_HEADERS, Refusal } from "../../assembly/filter/refusal";
import { MAX_MODEL_BYTES } from "../../assembly/llm/model-name";
import { Verdict } from "./route-table";

export const MODEL_MISSING = new Refusal(
  400,
  "no_model",
  "missing_required_parameter",
  "The request must name a model.",
  "model",
);

export const MODEL_NOT_TEXT = new Refusal(
  400,
  "bad_model",
  "invalid_type",
  "The model must be a non-empty string.",
  "model",
);

export const BATCH_REJECTED = new Refusal(403, "batch", "batch_not_allowed", "Batch uploads are not allowed here.");

const quoted = new Bytes();

export const BATCH_IN_PARTS = new Refusal(
  403,
  "batch_in_parts",
  "batch_not_allowed",
  "A batch must be uploaded as one file, not in parts.",
  "purpose",
);

/** What a client is told whose model is not routed. `where` says which request of a batch is meant, such as ` in line 3 of the batch`. */
export function refusalFor(verdict: Verdict, model: Bytes, where: string = ""): Refusal {
  const name = quoted.set(model.pointer, min(model.length, MAX_MODEL_BYTES)).toString();
  let intro = "The model '";
  let status: u32 = 404;
  let reason = "unknown_model";
  let code = "model_not_found";
  let says = " does not exist.";
  if (verdict == Verdict.NotSupported) {
    status = 400;
    reason = "unsupported_model";
    code = "model_not_supported";
    says = " is not available through this API.";
  } else if (verdict == Verdict.Forbidden) {
    status = 403;
    reason = "forbidden_model";
    code = "model_not_allowed";
    intro = "You are not allowed to use the model '";
    says = ".";
  }
  return new Refusal(status, reason, code, `${intro}${name}'${where}${says}`, "model", NO_HEADERS);
}
