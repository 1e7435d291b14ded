import { Bytes } from "../../assembly/bytes/view";
import { Refusal } from "../../assembly/filter/refusal";
import { MAX_MODEL_BYTES } from "../../assembly/llm/model/name";
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
  switch (verdict) {
    case Verdict.Forbidden:
      return new Refusal(
        403,
        "forbidden_model",
        "model_not_allowed",
        `You are not allowed to use the model '${name}'${where}.`,
        "model",
      );
    case Verdict.NotSupported:
      return new Refusal(
        400,
        "unsupported_model",
        "model_not_supported",
        `The model '${name}'${where} is not available through this API.`,
        "model",
      );
    default:
      return new Refusal(
        404,
        "unknown_model",
        "model_not_found",
        `The model '${name}'${where} does not exist.`,
        "model",
      );
  }
}
