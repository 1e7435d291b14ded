const TAG = /\.(\w+)\.=\.(.*?)\.=;/g;

/** A plugin's metric, with the labels that are part of its full name, as Envoy's `stats_tags` take them out. */
export interface TaggedMetric {
  name: string;
  tags: Record<string, string>;
}

export function taggedMetric(fullName: string): TaggedMetric {
  const tags = Object.fromEntries([...fullName.matchAll(TAG)].map(([, key, text]) => [key!, text!]));
  return { name: fullName.replaceAll(TAG, "").replace(/\.$/, ""), tags };
}
