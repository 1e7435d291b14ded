import { Refusal } from "../../assembly/filter/refusal";

export const ANSWER_TOO_LARGE = new Refusal(
  502,
  "answer_too_large",
  "bad_gateway",
  "The provider's answer is too large to be checked.",
);

export const ANSWER_UNREADABLE = new Refusal(
  502,
  "answer_unreadable",
  "bad_gateway",
  "The provider's answer could not be checked.",
);
