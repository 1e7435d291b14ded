import { Classifier, ClassifierFactory } from "../../assembly/guard/classifier-factory";
import { HitListener, TextWindow } from "../../assembly/match/detector";
import { InjectionScorer } from "../../assembly/match/injection/scorer";

/** Scores messages by how much they look like a prompt injection. The texts of a message count as one. */
@final
class InjectionClassifier extends Classifier {
  private readonly scorer: InjectionScorer = new InjectionScorer();
  /** The next byte of the text at hand. */
  private next: i32 = 0;

  beginMessage(): void {
    this.scorer.reset();
  }

  endMessage(): i32 {
    this.scorer.finish();
    return this.scorer.score;
  }

  reset(): void {
    this.next = 0;
    this.pending = 0;
  }

  scan(window: TextWindow, _hits: HitListener): void {
    const length = window.end - this.next;
    if (length > 0) this.scorer.feed(window.pointer + <usize>(this.next - window.start), length);
    this.next = window.end;
    this.pending = window.end;
  }
}


@final
export class InjectionClassifiers extends ClassifierFactory {
  createClassifier(): Classifier {
    return new InjectionClassifier();
  }
}
