import { Dialect } from "./dialect";

/** The top-level keys of a JSON object that tell its dialect, as bits. */
export const enum ShapeKey {
  Model = 1,
  Messages = 2,
  Contents = 4,
  Input = 8,
  Prompt = 16,
}

/** What the keys model, messages, contents, input, prompt and inputs say, in this order. `inputs` is that of Mistral's conversations. */
export const SHAPE_KEYS: StaticArray<i32> = [
  ShapeKey.Model,
  ShapeKey.Messages,
  ShapeKey.Contents,
  ShapeKey.Input,
  ShapeKey.Prompt,
  ShapeKey.Input,
];
const ALL_KEYS: i32 = 31;
const DIALECTS = dialects();

/**
 * What a JSON object on an unknown path is treated as, by the `ShapeKey`s it has.
 *
 * Without `model`, or with none of the others, it is none of ours. With several the first of messages, contents, input,
 * prompt decides: engines read `messages` where they find it. `messages` counts as OpenAI's, which Anthropic's and Cohere's
 * requests share; `input` counts as responses, whose errors and places of usage embeddings share.
 */
export function dialectOfShape(keys: i32): Dialect {
  return <Dialect>unchecked(DIALECTS[keys]);
}

/**
 * The `ShapeKey`s that a JSON object has so far with one more. They stay as they are once they tell a dialect: a later key may come when
 * the request is on its way already.
 */
export function shapeWith(keys: i32, key: i32): i32 {
  return dialectOfShape(keys) == Dialect.Unknown ? keys | key : keys;
}

function dialects(): StaticArray<u8> {
  const all = new StaticArray<u8>(ALL_KEYS + 1);
  for (let keys = 0; keys <= ALL_KEYS; keys++) {
    if ((keys & ShapeKey.Model) == 0) continue;
    if ((keys & ShapeKey.Prompt) != 0) all[keys] = <u8>Dialect.OpenAiCompletions;
    if ((keys & ShapeKey.Input) != 0) all[keys] = <u8>Dialect.OpenAiResponses;
    if ((keys & ShapeKey.Contents) != 0) all[keys] = <u8>Dialect.Gemini;
    if ((keys & ShapeKey.Messages) != 0) all[keys] = <u8>Dialect.OpenAiChat;
  }
  return all;
}
