import { formatInteger } from "../../assembly/config/integer";
import { Refusal } from "../../assembly/filter/refusal";

export const NO_CAP = new Refusal(
  400,
  "no_cap",
  "missing_required_parameter",
  "The request must say how long its answer may be.",
  "max_tokens",
);

export function overCap(asked: i64, most: i64): Refusal {
  return new Refusal(
    400,
    "over_cap",
    "invalid_value",
    `The request asks for ${formatInteger(asked)} tokens; at most ${formatInteger(most)} are allowed.`,
    "max_tokens",
  );
}
