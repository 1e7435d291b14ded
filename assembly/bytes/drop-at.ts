/** Takes an element out of an array; the last one takes its place. `index` must be one of the array's. */
export function dropAt<T>(array: T[], index: i32): void {
  const last = array.pop();
  // An assignment would grow the array where it has to, which is a lot of code.
  if (index < array.length) store<T>(array.dataStart + <usize>index * sizeof<T>(), last);
}
