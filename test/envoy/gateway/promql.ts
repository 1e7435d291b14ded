import { parser } from "@prometheus-io/lezer-promql";
import type { Sample } from "./prometheus.ts";

interface Matcher {
  label: string;
  operator: string;
  value: string;
}

/** Series that a query asks for, and the labels of the groups that they are counted in. */
export interface Selector {
  name: string;
  matchers: Matcher[];
  groupings: string[][];
}

/** The selectors of a query in PromQL; throws where it is no PromQL. Grafana's variables are ranges. */
export function selectorsIn(query: string): Selector[] {
  const text = query.replaceAll(/\$__\w+/g, "5m");
  const selectors: Selector[] = [];
  const around: string[][] = [];
  parser.parse(text).iterate({
    enter({ type, from, to, node }) {
      const word = text.slice(from, to);
      if (type.isError) throw new Error(`no PromQL at ${from}: ${query}`);
      if (type.name === "AggregateExpr") around.push([]);
      else if (type.name === "VectorSelector") selectors.push({ name: "", matchers: [], groupings: [...around] });
      else if (type.name === "Identifier") selectors.at(-1)!.name = word;
      else if (type.name === "LabelName" && node.parent?.type.name === "GroupingLabels") around.at(-1)!.push(word);
      else if (type.name === "LabelName") selectors.at(-1)!.matchers.push({ label: word, operator: "", value: "" });
      else if (type.name === "MatchOp") selectors.at(-1)!.matchers.at(-1)!.operator = word;
      else if (type.name === "StringLiteral") selectors.at(-1)!.matchers.at(-1)!.value = word.slice(1, -1);
    },
    leave({ type }) {
      if (type.name === "AggregateExpr") around.pop();
    },
  });
  return selectors;
}

/** Whether a series is one that the selector asks for, with the labels that it is counted by. */
export function isSelected({ name, labels }: Sample, selector: Selector): boolean {
  const has = (label: string): boolean => labels[label] !== undefined;
  const isMatched = ({ label, operator, value }: Matcher): boolean => {
    const pattern = operator.endsWith("~") ? new RegExp(`^(?:${value})$`) : undefined;
    const isEqual = pattern?.test(labels[label] ?? "") ?? labels[label] === value;
    return has(label) && isEqual !== operator.startsWith("!");
  };
  return name === selector.name && selector.matchers.every(isMatched) && selector.groupings.flat().every(has);
}
