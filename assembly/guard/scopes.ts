/** The names of `TextScope`'s bits in configurations, in their order. */
export const SCOPE_NAMES: string[] = ["System", "User", "Assistant", "ToolInput", "ToolOutput"];
