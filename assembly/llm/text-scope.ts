/** Whose words a text is, as bits: what a rule can be limited to. */
export const enum TextScope {
  /** Instructions, and the descriptions of tools and of the answer's format. */
  System = 1,
  User = 2,
  /** What the model has said before, or is said to have. */
  Assistant = 4,
  /** What a tool is called with. */
  ToolInput = 8,
  /** What a tool has answered. */
  ToolOutput = 16,
}
