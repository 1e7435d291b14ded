import { Budget } from "../bytes/budget";
import { ByteBuffer } from "../bytes/buffer";
import { SHA256_BYTES } from "../bytes/sha256";
import { ByteString, Bytes } from "../bytes/view";
import { FastSha256 } from "../crypto/fast-sha256";
import { Rule, RuleAction, ServiceProtocol } from "./rule";
import { ServiceAnswer, ServiceReply } from "./service-reply";
import { ServiceCache } from "./service-cache";
import { TextCollector } from "./text-collector";

const MESSAGES_OPEN = new ByteString('{"body":{"messages":[');
const CHOICES_OPEN = new ByteString('{"body":{"choices":[');
const WEBHOOK_CLOSE = new ByteString("]}}");
const INPUT_OPEN = new ByteString('{"input":[');
const INPUT_CLOSE = new ByteString("]}");
/** What stands around the texts, and more. */
const FRAME_BYTES: i32 = 256;

const hash = new FastSha256();
const digestBytes = new StaticArray<u8>(SHA256_BYTES);
const digest = new Bytes().set(changetype<usize>(digestBytes), SHA256_BYTES);

/** Hears what the services of the rules say of one exchange's texts. */
export interface PanelListener {
  /** The service of this rule rejects; `reply` says what it wants the client to get, null where it said so before. */
  onServiceRejects(rule: Rule, reply: ServiceReply | null): void;

  /** The service of this rule replaces the texts. */
  onServiceMasks(rule: Rule, reply: ServiceReply): void;

  /** The service of this rule didn't say. */
  onServiceFails(rule: Rule): void;
}

/**
 * Asks the services of a guard's rules about one exchange's texts: all at once, but one after the other those that may change a
 * request's. Each gets the texts in the scopes of its rule: a
 * webhook as `{"body":{"messages":[{"role","content"}]}}`, one message a text (an
 * answer's as `{"body":{"choices":[{"message"}]}}`), a moderation as `{"input":[...]}`.
 */
@final
export class ServicePanel {
  /** How many have not answered yet. */
  pending: i32 = 0;
  private readonly body: ByteBuffer;
  /** By rule: what its question hashes to. */
  private readonly digests: StaticArray<u8>;
  private exchangeId: u32 = 0;
  private texts: TextCollector | null = null;
  /** The first rule that may mask and has not had its turn. */
  private next: i32 = 0;

  constructor(
    private readonly rules: Rule[],
    private readonly cache: ServiceCache,
    private readonly listener: PanelListener,
    /** The texts are an answer's, not a request's. */
    private readonly isAnswer: bool,
    mostBytes: i32,
  ) {
    this.body = new ByteBuffer(new Budget(mostBytes + FRAME_BYTES));
    this.digests = new StaticArray<u8>(rules.length * SHA256_BYTES);
  }

  /** Asks about the texts; what is known from before, or can't be asked, is told at once. */
  ask(exchangeId: u32, texts: TextCollector): void {
    this.exchangeId = exchangeId;
    this.texts = texts;
    this.next = 0;
    for (let i = 0; i < this.rules.length; i++) if (!this.waitsItsTurn(i)) this.askOne(i);
    this.askNext();
    this.body.release();
  }

  /** The service that was asked with this tag has answered; null: it has not. */
  onReply(tag: u32, body: Bytes | null): void {
    const index = <i32>tag;
    const rule = this.rules[index];
    this.pending--;
    const reply = new ServiceReply();
    if (body != null) reply.read(body, rule.service!.protocol, this.texts!.countOf(rule.scopes));
    digest.set(changetype<usize>(this.digests) + index * SHA256_BYTES, SHA256_BYTES);
    switch (reply.answer) {
      case ServiceAnswer.Pass:
        this.cache.keep(digest, true);
        break;
      case ServiceAnswer.Reject:
        // Words of its own aren't kept, and a client shall have them each time.
        if (reply.status == 0) this.cache.keep(digest, false);
        this.listener.onServiceRejects(rule, reply);
        break;
      case ServiceAnswer.Mask:
        if (rule.action == RuleAction.Mask) this.listener.onServiceMasks(rule, reply);
        else this.listener.onServiceRejects(rule, null);
        break;
      default:
        this.listener.onServiceFails(rule);
    }
    if (!this.waitsItsTurn(index)) return;
    this.askNext();
    this.body.release();
  }

  /** A service that may change a request's texts is asked when the one before it has, so that it sees what that has left. */
  private waitsItsTurn(index: i32): bool {
    return !this.isAnswer && this.rules[index].action == RuleAction.Mask;
  }

  private askNext(): void {
    while (this.next < this.rules.length) {
      const index = this.next++;
      if (this.waitsItsTurn(index) && this.askOne(index)) return;
    }
  }

  /** Whether an answer is still to come. Without words in the scopes of its rule there is nothing to ask a service about. */
  private askOne(index: i32): bool {
    const rule = this.rules[index];
    const texts = this.texts!;
    if (!texts.hasWords(rule.scopes)) return false;
    if (!this.write(rule, texts)) {
      this.listener.onServiceFails(rule);
      return false;
    }
    const known = this.cache.find(this.hashOf(index));
    if (known == 0) this.listener.onServiceRejects(rule, null);
    if (known >= 0) return false;
    if (!rule.service!.http.ask(this.exchangeId, index, this.body)) {
      this.listener.onServiceFails(rule);
      return false;
    }
    this.pending++;
    return true;
  }

  private write(rule: Rule, texts: TextCollector): bool {
    const isWebhook = rule.service!.protocol == ServiceProtocol.Webhook;
    const open = !isWebhook ? INPUT_OPEN : this.isAnswer ? CHOICES_OPEN : MESSAGES_OPEN;
    const close = isWebhook ? WEBHOOK_CLOSE : INPUT_CLOSE;
    const body = this.body;
    body.clear();
    if (texts.isOverflown || !body.append(open.pointer, open.length)) return false;
    const isWritten = isWebhook
      ? texts.appendMessages(body, rule.scopes, this.isAnswer)
      : texts.appendStrings(body, rule.scopes);
    return isWritten && body.append(close.pointer, close.length);
  }

  /** Of the question in `body`, and of the rule that asks it. */
  private hashOf(index: i32): Bytes {
    const out = changetype<usize>(this.digests) + index * SHA256_BYTES;
    const rule = this.rules[index].index;
    store<i32>(changetype<usize>(digestBytes), rule);
    hash.reset();
    hash.update(changetype<usize>(digestBytes), 4);
    hash.update(this.body.pointer, this.body.length);
    hash.finish(out);
    return digest.set(out, SHA256_BYTES);
  }
}
