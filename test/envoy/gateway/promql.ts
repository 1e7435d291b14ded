import { parser } from "@prometheus-io/lezer-promql";

/** A metric in a query, with the labels that it is matched by. */
export interface QueriedMetric {
  name: string;
  labels: string[];
}

/** The metrics of a query in PromQL, with the labels of matchers and groupings; throws where it is no PromQL. Grafana's variables are ranges. */
export function metricsInQuery(query: string): QueriedMetric[] {
  const text = query.replaceAll(/\$__\w+/g, "5m");
  const metrics: QueriedMetric[] = [];
  const grouped: string[] = [];
  const tree = parser.parse(text);
  tree.iterate({
    enter({ type, from, to }) {
      const word = text.slice(from, to);
      if (type.isError) throw new Error(`no PromQL at ${from}: ${query}`);
      if (type.name === "Identifier" && /^[a-z_:][a-z0-9_:]*$/i.test(word)) metrics.push({ name: word, labels: [] });
      else if (type.name === "LabelName") grouped.push(word);
    },
  });
  return metrics.map(({ name }) => ({ name, labels: grouped }));
}
