export { environmentVariable } from "../host/environment";
