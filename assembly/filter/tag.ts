/**
 * A label of a metric, as a part of its name: Envoy's `stats_tags` takes it out by `(\.<name>\.=\.(.*?)\.=;)`. Follows a metric's
 * name; more than one follow each other.
 */
export function tag(name: string, value: string): string {
  return `.${name}.=.${value}.=;`;
}
