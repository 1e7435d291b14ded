import type { HeaderMap } from "./header-map.ts";
import type { PropertyTree } from "./properties.ts";

/** What a stream's own properties are made of; a map that the module may not see now is undefined. */
export interface StreamFacts {
  requestHeaders: HeaderMap | undefined;
  responseHeaders: HeaderMap | undefined;
  responseTrailers: HeaderMap | undefined;
  protocol: string;
  requestBytes: number;
  responseBytes: number;
  /** 0 before there is a response. */
  status: number;
  codeDetails: string | undefined;
}

/** `request.*` and `response.*` as Envoy gives them: what comes of headers goes away with them. */
export function streamProperties(facts: StreamFacts): PropertyTree {
  const { requestHeaders, responseHeaders, responseTrailers, status, codeDetails } = facts;
  const path = requestHeaders?.get(":path");
  const [urlPath, query] = path === undefined ? [] : [path.split("?")[0], path.split("?").slice(1).join("?")];
  return {
    request: {
      path,
      url_path: urlPath,
      query,
      host: requestHeaders?.get(":authority"),
      method: requestHeaders?.get(":method"),
      scheme: requestHeaders?.get(":scheme"),
      id: requestHeaders?.get("x-request-id"),
      useragent: requestHeaders?.get("user-agent"),
      referer: requestHeaders?.get("referer"),
      headers: joined(requestHeaders),
      protocol: facts.protocol,
      size: facts.requestBytes,
    },
    response: {
      code: status === 0 ? undefined : status,
      code_details: codeDetails,
      headers: joined(responseHeaders),
      trailers: joined(responseTrailers),
      size: facts.responseBytes,
    },
  };
}

/** Several values of a name are one property, with commas. */
function joined(map: HeaderMap | undefined): PropertyTree | undefined {
  if (!map) return undefined;
  return Object.fromEntries(map.pairs.map(([name]) => [name, map.all(name).join(",")]));
}
