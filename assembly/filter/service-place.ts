import { ConfigReader } from "../config/reader";
import { logWarning } from "./log";

const LONGEST_CLUSTER: i32 = 256;

/** Where a service is that a configuration names. */
@final
export class ServicePlace {
  private isTold: bool = false;

  constructor(
    readonly cluster: string,
    /** What log lines begin with: the plugin and the path to the key. */
    private readonly label: string,
  ) {}

  /** The authority that it is asked by. */
  get authority(): string {
    return authorityOf(this.cluster);
  }

  /** The host didn't take a callout to it: the log says so once. */
  notAsked(): void {
    if (this.isTold) return;
    this.isTold = true;
    logWarning(`${this.label}: ${this.cluster} can't be asked`);
  }
}

/** Reads the key `cluster`, without which there is no service. */
export function readServicePlace(config: ConfigReader): ServicePlace {
  if (!config.has("cluster")) config.reject("cluster", "is required");
  const cluster = config.headerValue("cluster", "", LONGEST_CLUSTER);
  refuseUrl(config, "cluster", cluster);
  return new ServicePlace(cluster, config.label("cluster"));
}

/** The cluster's name; of one that Istio makes of a service (`outbound|PORT|SUBSET|HOST`) its host, since no authority has a `|`. */
export function authorityOf(cluster: string): string {
  return cluster.substring(cluster.lastIndexOf("|") + 1);
}

/** Tells of a URL where the name of a cluster belongs: no host has such a one. */
export function refuseUrl(config: ConfigReader, key: string, cluster: string): void {
  if (cluster.includes("://")) config.reject(key, "must be the name of a cluster, not a URL");
}
