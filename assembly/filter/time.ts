export { nowMs, nowNs } from "../host/clock";
