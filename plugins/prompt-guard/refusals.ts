import { Refusal } from "../../assembly/filter/refusal";

export const UNREADABLE_TEXT = new Refusal(
  400,
  "unreadable_text",
  "unreadable_text",
  "The request has a text that can't be checked here: send words, not tokens, and files as what they are.",
);

export const BATCH_IN_PARTS = new Refusal(
  403,
  "batch_in_parts",
  "batch_not_allowed",
  "A batch must be uploaded as one file, not in parts.",
  "purpose",
);
