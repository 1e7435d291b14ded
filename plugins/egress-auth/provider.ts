import { Budget } from "../../assembly/bytes/budget";
import { ByteBuffer } from "../../assembly/bytes/buffer";
import { appendEncoded } from "../../assembly/bytes/percent";
import { ByteString, Bytes } from "../../assembly/bytes/view";
import { Dialect } from "../../assembly/llm/dialect";
import { Endpoint } from "../../assembly/llm/endpoint";
import { ModelPlace } from "../../assembly/llm/routes";
import { GlobList } from "../../assembly/match/glob-list";
import { Credential } from "./credential";

const MOST_PATH_BYTES: i32 = 64 << 10;
export const MODEL_PLACE: string = "{model}";
const QUESTION: u8 = 0x3f;
const POST = new ByteString("POST");
const NO_BYTES = new Bytes();
const view = new Bytes();

/** A header that requests to a provider carry. */
@final
export class FixedHeader {
  constructor(
    readonly name: ByteString,
    readonly value: ByteString,
  ) {}
}

export function hasHeader(headers: FixedHeader[], name: string): bool {
  for (let i = 0; i < headers.length; i++) if (headers[i].name.toString() == name) return true;
  return false;
}

/** A path whose `{model}` is the request's. Without a query of its own it keeps the request's. */
@final
export class PathTemplate {
  private readonly parts: ByteString[] = [];
  private readonly hasQuery: bool;
  /** Whether what it makes says the model, be it always the same one. */
  readonly namesModel: bool;

  constructor(text: string) {
    const parts = text.split(MODEL_PLACE);
    for (let i = 0; i < parts.length; i++) this.parts.push(new ByteString(parts[i]));
    this.hasQuery = text.includes("?");
    this.namesModel = this.needsModel || hasModel(new ByteString(text));
  }

  get needsModel(): bool {
    return this.parts.length > 1;
  }

  /** The path for a request whose path is `original`; null when it gets too long. */
  fill(model: Bytes, original: Bytes): ByteBuffer | null {
    const out = new ByteBuffer(new Budget(MOST_PATH_BYTES));
    for (let i = 0; i < this.parts.length; i++) {
      if (i > 0 && !appendEncoded(out, model.pointer, model.length)) return null;
      if (!out.append(this.parts[i].pointer, this.parts[i].length)) return null;
    }
    if (this.hasQuery) return out;
    let at = 0;
    while (at < original.length && original.at(at) != QUESTION) at++;
    return out.append(original.pointer + at, original.length - at) ? out : null;
  }
}

/** Whether it is a path of an API that has the model there. */
function hasModel(path: ByteString): bool {
  const endpoint = new Endpoint();
  endpoint.classify(view.set(POST.pointer, POST.length), new Bytes().set(path.pointer, path.length), NO_BYTES);
  return endpoint.modelPlace == ModelPlace.Path;
}

/** What a provider calls the models that clients ask for: the first pattern that matches. */
@final
export class ModelNames {
  private readonly patterns: GlobList;
  private readonly names: ByteString[] = [];

  constructor(patterns: string[], names: string[]) {
    this.patterns = new GlobList(patterns);
    for (let i = 0; i < names.length; i++) this.names.push(new ByteString(names[i]));
  }

  /** Which pattern is taken for what `pattern` matches: itself, or one before it that matches all of that. */
  firstFor(pattern: string): i32 {
    const text = new ByteString(pattern);
    return this.patterns.find(text.pointer, text.length);
  }

  /** Null: the same. */
  find(model: Bytes): ByteString | null {
    const index = this.patterns.find(model.pointer, model.length);
    return index < 0 ? null : this.names[index];
  }
}

/** One provider, and what a request to it needs. Immutable. */
@final
export class Provider {
  /** Null: models keep their names. */
  models: ModelNames | null = null;

  constructor(
    /** Its position in the configuration. */
    readonly index: i32,
    readonly name: ByteString,
    readonly credential: Credential,
    readonly headers: FixedHeader[],
    readonly host: ByteString | null,
    readonly path: PathTemplate | null,
    /** Empty: none is given. */
    readonly region: string,
    private readonly dialects: u32,
  ) {}

  /** Whether requests may go to its region. */
  isAllowed: bool = true;

  /** Whether its requests carry a header of this name, which is in lower case. */
  sets(header: string): bool {
    const credential = this.credential.header;
    if (credential != null && credential.toString() == header) return true;
    return hasHeader(this.headers, header);
  }

  /** An unknown dialect is not held against it: there is nothing to know it by. */
  speaks(dialect: Dialect): bool {
    return dialect == Dialect.Unknown || (this.dialects & (1 << dialect)) != 0;
  }

  /** What it calls a model; null: the same. */
  nameFor(model: Bytes): ByteString | null {
    const models = this.models;
    return models == null ? null : models.find(model);
  }

  get namesModel(): bool {
    const path = this.path;
    return this.models != null || (path != null && path.needsModel);
  }
}
