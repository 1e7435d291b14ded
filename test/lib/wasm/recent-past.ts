import { Bounds, PAST_BYTES, RecentPast } from "../../../assembly/statistics/recent-past";

const past = new RecentPast();
let bounds = new Bounds(0, 0, 0);
past.at = memory.data(PAST_BYTES, 8);

export function begin(deviations: f64, floor: f64, leastDeviation: f64): void {
  memory.fill(past.at, 0, PAST_BYTES);
  bounds = new Bounds(deviations, floor, leastDeviation);
}

export function isUnusual(value: f64): bool {
  return past.isUnusual(value, bounds);
}

export function learn(value: f64): void {
  past.learn(value, bounds);
}

export function learnSilence(zeros: i64): void {
  past.learnSilence(zeros);
}

export function mean(): f64 {
  return past.mean;
}

export function deviation(): f64 {
  return past.deviation(bounds);
}
