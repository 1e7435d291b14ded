/** Instead of how many registers change: none does. */
export const KEEP: i32 = -1;

/** The event's match ends behind the byte, not before it. */
export const BEHIND: u32 = 1;
/** Nothing is alive that the match could lose against. */
export const FINAL: u32 = 2;

const WORDS_AN_EVENT: i32 = 3;

/**
 * What a step does besides changing what is alive: the matches, in order, then the registers, all at once.
 *
 * An event is three words of two bytes: the pattern, BEHIND and FINAL, the code of where the match began. A move is a word:
 * the code of where what is in the next register began. The codes are those of before the step.
 */
@final
export class Effects {
  events: usize = 0;
  eventCount: i32 = 0;
  moves: usize = 0;
  /** How many registers there are behind the step, or KEEP. */
  moveCount: i32 = KEEP;


  @inline
  pattern(event: i32): i32 {
    return load<u16>(this.event(event));
  }


  @inline
  flags(event: i32): u32 {
    return load<u16>(this.event(event), 2);
  }


  @inline
  code(event: i32): i32 {
    return load<i16>(this.event(event), 4);
  }


  @inline
  move(register: i32): i32 {
    return load<i16>(this.moves + ((<usize>register) << 1));
  }


  @inline
  isNothing(): bool {
    return this.eventCount == 0 && this.moveCount == KEEP;
  }

  /** How many words the events are. */
  eventWords(): i32 {
    return this.eventCount * WORDS_AN_EVENT;
  }


  @inline
  private event(index: i32): usize {
    return this.events + <usize>(index * (WORDS_AN_EVENT * 2));
  }
}

/** Effects that are collected. */
@final
export class OwnEffects {
  readonly effects: Effects = new Effects();
  private readonly events: StaticArray<u16>;
  private readonly moves: StaticArray<i16>;

  constructor(mostEvents: i32, mostMoves: i32) {
    this.events = new StaticArray<u16>(mostEvents * WORDS_AN_EVENT);
    this.moves = new StaticArray<i16>(mostMoves);
    this.effects.events = changetype<usize>(this.events);
    this.effects.moves = changetype<usize>(this.moves);
  }

  clear(): void {
    this.effects.eventCount = 0;
    this.effects.moveCount = KEEP;
  }

  addMatch(pattern: u32, flags: u32, code: i32): void {
    const at = this.effects.eventWords();
    unchecked((this.events[at] = <u16>pattern));
    unchecked((this.events[at + 1] = <u16>flags));
    unchecked((this.events[at + 2] = <u16>code));
    this.effects.eventCount++;
  }

  /** What goes to register `register`; in order of these. */
  @inline
  setMove(register: i32, code: i32): void {
    store<i16>(this.effects.moves + ((<usize>register) << 1), <i16>code);
  }

  /** There are so many registers; when each keeps what it has, that is no effect. */
  endMoves(count: i32): void {
    for (let i = 0; i < count; i++) {
      if (this.effects.move(i) != i) {
        this.effects.moveCount = count;
        return;
      }
    }
  }
}
