import { ByteString, Bytes } from "../../bytes/view";
import { Count, Usage } from "../usage";
import { CountReader } from "../tokens/count";

/** Headers that say what an answer used, lower case: Amazon Bedrock, "InvokeModel". */
export const USAGE_HEADERS: StaticArray<ByteString> = [
  new ByteString("x-amzn-bedrock-input-token-count"),
  new ByteString("x-amzn-bedrock-output-token-count"),
  new ByteString("x-amzn-bedrock-cache-read-input-token-count"),
  new ByteString("x-amzn-bedrock-cache-write-input-token-count"),
];
const COUNTS: StaticArray<i32> = [Count.SpareInput, Count.SpareOutput, Count.CacheRead, Count.CacheWrite];

/** Takes the value of the header at `index` in `USAGE_HEADERS`. It counts where the answer's body has no usage. */
export function readUsageHeader(usage: Usage, index: i32, value: Bytes): void {
  const count = new CountReader();
  count.append(value.pointer, value.length);
  if (value.length > 0) usage.put(unchecked(COUNTS[index]), count.exact);
  usage.settle();
}
