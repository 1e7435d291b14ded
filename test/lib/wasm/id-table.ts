import { IdTable } from "../../../assembly/host/id-table";

class Named {
  constructor(readonly id: u32) {}
}

let table = new IdTable<Named>();

export function reset(): void {
  table = new IdTable<Named>();
}

export function set(id: u32): void {
  table.set(new Named(id));
}

export function remove(id: u32): void {
  table.delete(id);
}

/** The id that the object under `id` was made with; 0 when there is none. */
export function get(id: u32): u32 {
  const found = table.get(id);
  return found == null ? 0 : found.id;
}
