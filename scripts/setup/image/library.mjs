/** Where the compiler has the library's sources when it is the npm package `weir`. */
const AS_PACKAGE = "~lib/weir/";

/** Whether a source is Weir's or a plugin's, and not the standard library's. */
export function isOurs({ isLibrary, internalPath }) {
  return !isLibrary || internalPath.startsWith(AS_PACKAGE);
}

/** Whether a source is the library's `path`, such as `assembly/match/glob`. */
export function isLibrarySource({ internalPath }, path) {
  return internalPath === path || internalPath === AS_PACKAGE + path;
}

/** What the compiler puts before the names in the library's files that are given to it by their path; "" in Weir itself. */
export function pathOf(parser, path) {
  const { internalPath } = parser.sources.find(
    (source) => !source.isLibrary && (source.internalPath === path || source.internalPath.endsWith(`/${path}`)),
  );
  return internalPath.slice(0, -path.length);
}
