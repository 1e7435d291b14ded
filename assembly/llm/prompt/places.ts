import { PromptKey } from "./keys";
import { PromptScopes } from "./scopes";
import { NO_SCOPE } from "./words";
import { TextScope } from "../text-scope";

/** What a value is, by the keys that lead to it. */
export const enum Place {
  /** Strings are texts. */
  Text,
  /** Strings are texts; numbers are tokens. */
  Prompt,
  /** Nothing in it can be read, strings neither. */
  Tokens,
  /** Strings are texts, objects are messages; numbers are tokens. */
  Messages,
  /** Strings are texts, objects are parts of a message. */
  Parts,
  /** All is text, keys too. */
  Payload,
  /** All is text, keys too, but for pictures and files. */
  Output,
  /** Keys are texts. */
  Names,
  /** A model gets all of it: strings are texts, whatever the key. */
  Schema,
  /** Likewise, but for numbers. */
  SchemaSetting,
  /** Likewise, but for the names of types. */
  SchemaType,
  /** Keys are texts, their values are schemas. */
  SchemaNames,
  /** A string is a setting. */
  Format,
  /** A string is a text; an object has a file. */
  Source,
  Media,
  File,
  /** A string may be a file; an object is all text. */
  Data,
  Role,
  Type,
  MediaType,
  Model,
  Stream,
  Answers,
  Mute,
  MuteTree,
  /** Not a value but a key. */
  Key,
}

/** Whether a container at this place has keys that are texts, whatever they are. */
export function hasTextKeys(place: Place): bool {
  switch (place) {
    case Place.Payload:
    case Place.Output:
    case Place.Names:
    case Place.Data:
    case Place.SchemaNames:
      return true;
    default:
      return false;
  }
}

/** The place of the elements of an array that stands here, and of an object to its members. */
export function contentsOf(place: Place): Place {
  switch (place) {
    case Place.Source:
      return Place.File;
    case Place.Format:
    case Place.Role:
      return Place.Text;
    case Place.SchemaSetting:
      return Place.Schema;
    case Place.Type:
    case Place.MediaType:
    case Place.Model:
    case Place.Stream:
    case Place.Answers:
      return Place.Mute;
    default:
      return place;
  }
}

/**
 * What the value at a key is: see `placeIn` and `scopeIn`.
 *
 * @param around the place of the object that the key is in, which is the innermost of `scopes`
 */
export function valueAt(key: PromptKey, around: Place, scopes: PromptScopes): i32 {
  switch (around) {
    case Place.Payload:
    case Place.MuteTree:
      return around;
    case Place.Data:
      return Place.Payload;
    case Place.Names:
      return Place.Text;
    case Place.SchemaNames:
      return Place.Schema;
    case Place.Schema:
    case Place.SchemaType:
      return valueInSchema(key);
    case Place.Output:
      if (key != PromptKey.Media && key != PromptKey.File && key != PromptKey.Data) return Place.Output;
  }
  switch (key) {
    case PromptKey.Role:
      return Place.Role;
    case PromptKey.Type:
      return Place.Type;
    case PromptKey.MediaType:
      return Place.MediaType;
    case PromptKey.Model:
      return Place.Model;
    case PromptKey.Stream:
      return Place.Stream;
    case PromptKey.Answers:
      return Place.Answers;
    case PromptKey.Tokens:
      return Place.Tokens;
    case PromptKey.Mute:
      return Place.Mute;
    case PromptKey.MuteTree:
      return Place.MuteTree;
    case PromptKey.Names:
      return Place.Names;
    case PromptKey.Example:
      return Place.Payload;
    case PromptKey.Schema:
      return Place.Schema;
    case PromptKey.Parts:
      return Place.Parts;
    case PromptKey.Media:
      return Place.Media;
    case PromptKey.File:
      return around == Place.Media ? around : Place.File;
    case PromptKey.Data:
      return around == Place.Media ? around : Place.Data;
    case PromptKey.Source:
      return around == Place.Media ? around : Place.Source;
    case PromptKey.Unknown:
    case PromptKey.Plain:
    case PromptKey.Text:
      return around == Place.Media || around == Place.File ? around : Place.Text;
  }
  const scope = scopes.fixedScope;
  return scope == NO_SCOPE ? valueInFree(key, scopes.isInMessage) : valueInFixed(key, scope);
}

export function placeIn(value: i32): Place {
  return <Place>(value & PLACE_MASK);
}

/** Whose texts are in it, or `NO_SCOPE` when what is around it decides. */
export function scopeIn(value: i32): i32 {
  return value >> PLACE_BITS;
}

const PLACE_BITS: i32 = 8;
const PLACE_MASK: i32 = (1 << PLACE_BITS) - 1;

function fixed(place: Place, scope: TextScope): i32 {
  return place | (scope << PLACE_BITS);
}

function valueInFree(key: PromptKey, isInMessage: bool): i32 {
  switch (key) {
    case PromptKey.Messages:
      return Place.Messages;
    case PromptKey.Input:
      return isInMessage ? fixed(Place.Payload, TextScope.ToolInput) : Place.Messages;
    case PromptKey.Prompt:
      return Place.Prompt;
    case PromptKey.System:
      return fixed(Place.Text, TextScope.System);
    case PromptKey.SystemSchema:
      return fixed(Place.Schema, TextScope.System);
    case PromptKey.Format:
      return fixed(Place.Format, TextScope.System);
    case PromptKey.Assistant:
      return fixed(Place.Text, TextScope.Assistant);
    case PromptKey.Calls:
      return fixed(isInMessage ? Place.Text : Place.Format, TextScope.ToolInput);
    case PromptKey.Results:
      return fixed(Place.Text, TextScope.ToolOutput);
    case PromptKey.Arguments:
      return fixed(Place.Payload, TextScope.ToolInput);
    case PromptKey.Parameters:
      return isInMessage ? fixed(Place.Payload, TextScope.ToolInput) : Place.Text;
    case PromptKey.Output:
      return fixed(Place.Output, TextScope.ToolOutput);
    case PromptKey.Response:
      return fixed(Place.Payload, TextScope.ToolOutput);
    default:
      return Place.Payload;
  }
}

/** Within a tool's description, the words of a call's or result's keys are a schema's; within those, their values are any JSON. */
function valueInFixed(key: PromptKey, scope: i32): i32 {
  switch (key) {
    case PromptKey.Format:
      return Place.Format;
    case PromptKey.SystemSchema:
      return Place.Schema;
    case PromptKey.Parameters:
    case PromptKey.Response:
      return scope == TextScope.System ? Place.Schema : Place.Payload;
    case PromptKey.Input:
    case PromptKey.Arguments:
    case PromptKey.Output:
    case PromptKey.Payload:
      return scope == TextScope.System ? Place.Text : Place.Payload;
    default:
      return Place.Text;
  }
}

function valueInSchema(key: PromptKey): Place {
  switch (key) {
    case PromptKey.Type:
      return Place.SchemaType;
    case PromptKey.Names:
      return Place.SchemaNames;
    case PromptKey.Example:
      return Place.Payload;
    case PromptKey.Model:
    case PromptKey.Stream:
    case PromptKey.Answers:
    case PromptKey.Mute:
      return Place.SchemaSetting;
    default:
      return Place.Schema;
  }
}
