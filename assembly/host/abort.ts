import { LogLevel, log } from "./log";

/** What the compiler calls for a failed runtime check: says where, then ends the VM. */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  const text = message == null ? "abort" : message;
  const where = file == null ? "?" : file;
  log(LogLevel.Critical, `${text} (${where}:${line.toString()}:${column.toString()})`);
  unreachable();
}
