import { Context } from "./context";

/** In an item: the node, whether it is the first of its group, and then whether the code of that is LEFT_QUIET. */
export const NODE_MASK: u32 = 0x3fff;
export const GROUP_START: u32 = 0x4000;
export const GROUP_LEFT_QUIET: u32 = 0x8000;

/** The code of a group that began where something came alive after nothing was. */
export const LEFT_QUIET: i32 = i16.MAX_VALUE;

/**
 * What is alive of a set's patterns between two bytes: for each pattern, in order of their numbers, the nodes that are alive
 * as items of two bytes, the rather first; those that began at the same place, one after the other, are a group.
 *
 * Where a group began is told by its code, two bytes: LEFT_QUIET, the number of a register from 0 on, or less: c means c + 1
 * behind the next byte's place. What begins with the next byte is not in the list.
 */
@final
export class ThreadList {
  items: usize = 0;
  codes: usize = 0;
  count: i32 = 0;
  groups: i32 = 0;
  context: Context = Context.Other;
  /** Whether there are assertions among the nodes, which need the next byte. */
  isOpen: bool = false;


  @inline
  item(index: i32): u32 {
    return load<u16>(this.items + ((<usize>index) << 1));
  }


  @inline
  code(group: i32): i32 {
    return load<i16>(this.codes + ((<usize>group) << 1));
  }

  /** Points it to other lists of the same length and meaning. */
  copyFrom(other: ThreadList): void {
    memory.copy(this.items, other.items, (<usize>other.count) << 1);
    memory.copy(this.codes, other.codes, (<usize>other.groups) << 1);
    this.count = other.count;
    this.groups = other.groups;
    this.context = other.context;
    this.isOpen = other.isOpen;
  }

  clear(context: Context): void {
    this.count = 0;
    this.groups = 0;
    this.context = context;
    this.isOpen = false;
  }
}

/** A list with room for `most` items. */
@final
export class OwnThreadList {
  readonly list: ThreadList = new ThreadList();
  private readonly room: StaticArray<u16>;

  constructor(most: i32) {
    this.room = new StaticArray<u16>(most * 2);
    this.list.items = changetype<usize>(this.room);
    this.list.codes = changetype<usize>(this.room) + ((<usize>most) << 1);
  }
}
