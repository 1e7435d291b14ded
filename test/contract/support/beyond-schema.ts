const BEYOND_SCHEMA = [
  /: must not be the same as another$/,
  /: must differ from modelHeader$/,
  /: must not name modelHeader or providerHeader$/,
  /: must be unique, not Off$/,
  /: is matched by an earlier one$/,
  /: has ".*" behind one that matches the same names$/,
  /: has groups?, which no entry of consumer finds$/,
  /: is the name of an earlier (provider|rule)$/,
  /: is the name of no provider$/,
  /: is none of models$/,
  /: names no variable that this VM has: \w+$/,
  /: can't be used: (\d+ bytes are more than|too costly|too large|no text with)/,
  /: has a word that is empty or blank as it is looked for, or longer than/,
  /: is a header that only the gateway may set/,
  /: is what (the credential sets|a provider's credential or headers set)$/,
  /: is what select reads: with a mark in it/,
  /: begins with Bearer, which is put before it/,
  /: is never taken: .* before it matches the same models$/,
  /: is there twice, in another case$/,
  /: wouldn't be signed, and AWS takes no x-amz- header that isn't$/,
  /: is no key file of a Google service account/,
  // An override lies over a base.
  /: config\.overrides\[\d+\]\.config\.store: of RateLimitService (can't count Concurrent|counts in fixed windows)/,
  /: and \d+ more$/,
];

/** Whether a plugin may refuse with this line what the schema takes: JSON Schema can't say that values depend on each other. */
export function isBeyondSchema(line: string): boolean {
  return BEYOND_SCHEMA.some((words) => words.test(line));
}
