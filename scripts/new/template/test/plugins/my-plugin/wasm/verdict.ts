/** Exports the decision to Node. */
import { judge } from "../../../../plugins/my-plugin/verdict";

export function verdictOf(asked: i64, most: i64, requiresCap: bool): i32 {
  return judge(asked, most, requiresCap);
}
