export const TEXT_BYTES: usize = 32;

/** One text of an event. It lies in the event's own memory. */
@final
@unmanaged
export class EventText {
  /** [start, end), counted from the event's beginning. */
  start: i32;
  end: i32;
  /** The same for texts that continue one another; while the event is read, the group. */
  key: u32;
  /** The choice or block that it belongs to, or `NO_POSITION`; while the event is read, the slot. */
  top: i32;
  /** The part of that, as `ReplySlots.placeOf` tells it. */
  place: u32;
  /** The keys and positions that lead to it, as a hash: another one for each value of a document, but where a key is there twice. */
  path: u32;
  kind: u8;
  form: u8;
  /** It may continue the text of this key, and be continued. */
  grows: bool;
  isTyped: bool;
  /** It is whole, and what follows it may go on from it. */
  joins: bool;
  /** It may be more of a text, or all of it so far. */
  isRestated: bool;
  /** It is an element of an array itself. */
  isElement: bool;


  @inline
  static at(texts: usize, index: i32): EventText {
    return changetype<EventText>(texts + <usize>index * TEXT_BYTES);
  }
}
