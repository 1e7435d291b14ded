export { nowMs } from "../host/clock";
