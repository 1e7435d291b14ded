/**
 * What can be recognised without a pattern of the operator's own: personal data and secrets whose form is published.
 * The names are those of the configuration.
 */
export const enum Builtin {
  CreditCard,
  Iban,
  Email,
  PhoneNumber,
  UsSsn,
  IpAddress,
  AwsAccessKey,
  GitHubToken,
  OpenAiKey,
  AnthropicKey,
  SlackToken,
  GoogleApiKey,
  StripeKey,
  PrivateKey,
  Jwt,
  ConnectionString,
}

/** The names in the order of their numbers. */
export const BUILTIN_NAMES: string[] = [
  "CreditCard",
  "Iban",
  "Email",
  "PhoneNumber",
  "UsSsn",
  "IpAddress",
  "AwsAccessKey",
  "GitHubToken",
  "OpenAiKey",
  "AnthropicKey",
  "SlackToken",
  "GoogleApiKey",
  "StripeKey",
  "PrivateKey",
  "Jwt",
  "ConnectionString",
];

/** The bit of a kind in a mask of wanted kinds. */

@inline
export function bitOf(kind: Builtin): u32 {
  return 1 << (<u32>kind);
}
