import type { Pair } from "../pairs.ts";

/** A request, what the probe does with it (wasm/probe.ts) and what the upstream answers. */
export interface Scenario {
  do: string;
  /** `allow_on_headers_stop_iteration`; true when left out. */
  flag?: boolean;
  /** The buffer limit in bytes; Envoy's own when left out. */
  limit?: number;
  /** GET without pieces, POST with, when left out. */
  method?: string;
  headers?: Pair[];
  /** The pieces of a body, which ends with one of no bytes or with trailers; no body when left out. */
  pieces?: string[];
  trailers?: Record<string, string>;
  /** 200, `x-up: 1` and the piece "up" when left out. */
  upstream?: { headers?: Pair[]; pieces?: string[]; trailers?: Record<string, string> };
}

const DUPLICATED =
  "authorization cookie content-type x-forwarded-for user-agent accept accept-encoding referer content-encoding cache-control x-api-key via origin x-request-id traceparent accept-language".split(
    " ",
  );

/** What each scenario shows. */
export const SCENARIOS: Record<string, Scenario> = {
  "what a request without a body shows, phase by phase": {
    do: "rh=get;0;nope,get;0;X-A,pairs;0;x-a,prop;request/path,prop;nope,prop;plugin_name,prop;plugin_root_id,prop;plugin_vm_id,prop;request/headers/x-a,prop;request/protocol,prop;xds/route_name sh=get;0;x-a,get;2;x-up,prop;request/path log=get;0;x-a,get;2;x-up,prop;request/path,prop;response/code_details",
    headers: [
      ["x-a", "1"],
      ["x-a", "2"],
    ],
  },
  "which names Envoy keeps once": {
    do: "rh=" + DUPLICATED.map((name) => `pairs;0;${name}`).join(),
    headers: DUPLICATED.flatMap((name): Pair[] => [
      [name, "a"],
      [name, "b"],
    ]),
  },
  "header map operations and their statuses": {
    do: "rh=set;0;x-a;9,pairs;0;x-a,add;0;X-B;1,add;0;x-b;2,pairs;0;x-b,add;0;authorization;z,pairs;0;auth,del;0;x-none,del;0;x-b,pairs;0;x-b,set;0;x-new;n,pairs;0;,get;2;x-up,add;2;x;y,pairs;2;,get;1;t,get;6;a,set;0;:path;/other,get;9;a",
    headers: [
      ["x-a", "1"],
      ["x-z", "0"],
      ["x-a", "2"],
      ["authorization", "y"],
    ],
  },
  "a body that streams by": {
    do: "rb=get;0;host,read;0;0;100,read;0;1;2,read;0;50;2,read;0;0;0",
    pieces: ["abc", "defg"],
  },
  "held headers can be read and changed until the body is over": {
    do: "rh=1 rb=1,read;0;0;100|1,get;0;x-do|read;0;0;100,set;0;x-late;1,0 log=get;0;x-late",
    pieces: ["abc", "defg"],
  },
  "after the held body is let go, the map is still there and no longer matters": {
    do: "rh=1 rb=1|0,set;0;x-m;1|get;0;x-m,set;0;x-m;2,read;0;0;100,pairs;0;x-m,prop;request/path",
    pieces: ["abc", "defg", "hij"],
  },
  "without the flag a request whose headers are held never gets its body callbacks": {
    do: "rh=1 rb=0",
    flag: false,
    pieces: ["abc", "defg"],
  },
  "a request without a body whose headers are held hangs": {
    do: "rh=1",
  },
  "without the flag a body can be held, its headers are gone": {
    do: "rh=0 rb=1|1|get;0;x-do,read;0;0;100,put;0;0;0;PRE",
    flag: false,
    pieces: ["abc", "defg"],
  },
  "replacing, prepending, appending and what is refused": {
    do: "rh=1 rb=1|1|put;0;0;0;PRE,put;0;10;0;POST,put;0;2;3;MID,read;0;0;100,put;0;0;3;X,put;0;0;100;ALL,read;0;0;100",
    pieces: ["abc", "defg"],
  },
  "the first bytes can be replaced or removed": {
    do: "rh=1 rb=1|1|put;0;0;3;X,read;0;0;100,put;0;0;2;,read;0;0;100,put;0;1;100;Y,read;0;0;100,put;0;4;0;Z,read;0;0;100",
    pieces: ["abc", "defg"],
  },
  "a piece that streams by can be changed": {
    do: "rb=put;0;3;0;+,read;0;0;100,put;0;1;1;+,put;0;0;1;QQ,read;0;0;100|put;0;0;0;-",
    pieces: ["abc", "defg"],
  },
  "what was put stays in the held body": {
    do: "rh=1 rb=put;0;0;9;one,1|read;0;0;9,1|read;0;0;100",
    pieces: ["abc", "defg"],
  },
  "each piece replaced": {
    do: "rb=put;0;0;9;one|put;0;0;9;two|put;0;0;0;end",
    pieces: ["abc", "defg"],
  },
  "a held body emptied and filled": {
    do: "rh=1 rb=1|put;0;0;100;,read;0;0;100,1|put;0;5;0;tail,0",
    pieces: ["abc", "defg"],
  },
  "pieces dropped": {
    do: "rh=1 rb=3|3|put;0;0;0;END",
    pieces: ["abc", "defg"],
  },
  "everything dropped hangs": {
    do: "rh=1 rb=3",
    pieces: ["abc", "defg"],
  },
  "with the watermark action each callback sees its own piece": {
    do: "rh=1 rb=2|2,read;0;0;100|read;0;0;100",
    pieces: ["abc", "defg"],
  },
  "a piece that is dropped while a body is held is held too": {
    do: "rh=1 rb=1|3,read;0;0;100|read;0;0;100",
    pieces: ["abc", "defg"],
  },
  "stopping everything gives no more callbacks": {
    do: "rh=4",
    pieces: ["abc", "defg"],
  },
  "action 2 from headers goes on": {
    do: "rh=2",
    pieces: ["abc", "defg"],
  },
  "a callout's answer lets the headers go": {
    do: "rh=call;0;up,1 reply=get;0;x-do,set;0;x-late;1,continue;0,get;0;x-do rb=read;0;0;100",
    pieces: ["abc", "defg"],
  },
  "stopped for a callout, the body comes after it": {
    do: "rh=call;0;up,4 reply=set;0;x-late;1,continue;0 rb=read;0;0;100,get;0;x-late",
    pieces: ["abc", "defg"],
  },
  "without the flag a callout can still hold a request": {
    do: "rh=call;0;up,1 reply=set;0;x-late;1,continue;0 rb=read;0;0;100,get;0;x-late",
    flag: false,
    pieces: ["abc", "defg"],
  },
  "a callout holds a request without a body": {
    do: "rh=call;0;up,4 reply=set;0;x-late;1,continue;0",
  },
  "a callout to a cluster there is not": {
    do: "rh=call;0;nope",
  },
  "a callout's answer refuses the request": {
    do: "rh=call;0;up,4 reply=local;403;no_way;denied log=prop;response/code_details",
    pieces: ["abc"],
  },
  "a callout in the middle of a held body": {
    do: "rh=1 rb=1|1|call;0;up,1 reply=set;0;x-late;1,continue;0",
    pieces: ["abc", "defg"],
  },
  "a local reply runs through the filter's own response callbacks": {
    do: "rh=local;429;too_many_x;slow,1 sh=get;2;:status,get;2;x-local,get;2;content-type,get;2;content-length,get;0;x-do,set;2;x-added;1 sb=read;1;0;100 log=get;0;x-do,get;2;:status_details,prop;response/code",
    pieces: ["abc"],
  },
  "a local reply without a body": {
    do: "rh=local;429;no_body,0",
    pieces: ["abc"],
  },
  "a local reply from a held body": {
    do: "rh=1 rb=1|local;400;bad;nope,0 sh=get;0;x-do",
    pieces: ["abc", "defg", "hij"],
  },
  "a local reply after the headers went on": {
    do: "rh=1 rb=0|local;400;bad;nope,0 sh=get;0;x-do",
    pieces: ["abc", "defg", "hij"],
  },
  "of two local replies the first counts": {
    do: "rh=local;401;one;1,local;402;two;2,1",
  },
  "a local reply to HEAD": {
    do: "rh=local;429;x;slow,1",
    method: "HEAD",
  },
  "trailers of a held body": {
    do: "rh=1 rb=1 rt=get;1;x-t,get;0;x-do,read;0;0;100,add;1;x-t2;v,0",
    pieces: ["abc", "defg"],
    trailers: { "x-t": "tv" },
  },
  "trailers of a body that streams by": {
    do: "rt=get;1;x-t,get;0;x-do,read;0;0;100,pairs;1;,put;0;0;0;zz",
    pieces: ["abc"],
    trailers: { "x-t": "tv" },
  },
  "trailers held hang": {
    do: "rt=1",
    pieces: ["abc"],
    trailers: { "x-t": "tv" },
  },
  "trailers added with the last piece": {
    do: "rb=add;1;x;y",
    pieces: ["abc"],
  },
  "trailers end a body held without the flag": {
    do: "rh=call;0;up,1 reply=continue;0 rb=1 rt=read;0;0;100,put;0;0;100;new,get;1;x-t,0",
    flag: false,
    pieces: ["abc"],
    trailers: { "x-t": "v" },
  },
  "a held body over the limit is 413": {
    do: "rh=1 rb=1 sh=get;2;:status log=prop;response/code_details",
    limit: 1000,
    pieces: ["a".repeat(600), "b".repeat(600), "c".repeat(100)],
  },
  "one piece over the limit": {
    do: "rh=1 rb=1 log=prop;response/code_details",
    limit: 1000,
    pieces: ["a".repeat(1100), "b"],
  },
  "a piece that grew over the limit": {
    do: "rh=1 rb=fill;0;2000,1 log=prop;response/code_details",
    limit: 1000,
    pieces: ["abc", "d"],
  },
  "a held body that grew over the limit": {
    do: "rh=1 rb=1|fill;0;2000,read;0;0;10,local;400;mine;mine,1",
    limit: 1000,
    pieces: ["abc", "d"],
  },
  "Envoy's 413 goes before the filter's own reply": {
    do: "rh=1 rb=1|local;400;mine;mine,1 log=prop;response/code_details",
    limit: 1000,
    pieces: ["a".repeat(600), "b".repeat(600)],
  },
  "over the limit with everything stopped": {
    do: "rh=4",
    limit: 1000,
    pieces: ["a".repeat(600), "b".repeat(600)],
  },
  "over the limit the watermark action waits": {
    do: "rh=1 rb=2",
    limit: 1000,
    pieces: ["a".repeat(600), "b".repeat(600)],
  },
  "a response that streams by": {
    do: "sh=get;2;x-up,del;2;content-length sb=get;2;x-up,read;1;0;100,put;1;0;0;P st=0",
    upstream: { pieces: ["one", "two"] },
  },
  "a response held and changed": {
    do: "sh=1 sb=1|1|read;1;0;100,get;2;x-up,set;2;x-late;1,put;1;0;100;new,0",
    upstream: { pieces: ["one", "two"] },
  },
  "without the flag a held response hangs": {
    do: "sh=1 sb=1",
    flag: false,
    upstream: { pieces: ["one", "two"] },
  },
  "a local reply in the place of a response": {
    do: "sh=local;502;guard;blocked,1 sb=0 log=prop;response/code_details",
    upstream: { pieces: ["one", "two"] },
  },
  "a local reply in the place of a held response": {
    do: "sh=1 sb=1|local;451;guard;blocked,1 log=prop;response/code_details,get;2;:status",
    upstream: { pieces: ["one", "two"] },
  },
  "a local reply in the middle of a response cuts it": {
    do: "sb=0|local;451;guard;blocked,1 log=prop;response/code_details,get;2;:status",
    upstream: { pieces: ["one", "two"] },
  },
  "response trailers": {
    do: "sb=read;1;0;9 st=get;3;x-rt,add;3;x-more;1,put;1;0;0;zz",
    upstream: { pieces: ["one", "two"], trailers: { "x-rt": "v" } },
  },
  "a held response body over the limit is cut": {
    do: "sb=1 log=prop;response/code_details",
    limit: 1000,
    upstream: { pieces: ["a".repeat(600), "b".repeat(600)] },
  },
  "a held response over the limit is 500": {
    do: "sh=1 sb=1 log=prop;response/code_details",
    limit: 1000,
    upstream: { pieces: ["a".repeat(600), "b".repeat(600)] },
  },
  "closing the response": {
    do: "sb=0|close;1,1 log=prop;response/code_details",
    upstream: { pieces: ["one", "two"] },
  },
  "closing the request": {
    do: "rh=1 rb=close;0,1 log=prop;response/code_details",
    pieces: ["abc", "def"],
  },
  "a response without a body to HEAD": {
    do: "sh=get;2;:status",
    method: "HEAD",
  },
  "an empty response": {
    do: "sh=get;2;:status sb=0",
    upstream: { pieces: [], headers: [["content-length", "0"]] },
  },
  "a response stopped for a callout": {
    do: "sh=call;0;up,4 reply=set;2;x-late;1,continue;1 sb=0",
    upstream: { pieces: ["one", "two"] },
  },
  "a local reply that the filter itself holds hangs": {
    do: "rh=local;403;x;denied,1 sh=1 sb=1|0,put;1;0;100;other,set;2;content-length;5",
    pieces: ["abc"],
  },
  "shared data and its versions": {
    do: "rh=shared;k,share;k;v1;other,shared;k,share;k;v2;other,share;k;v3;same,shared;k,share;k;;none,shared;k",
  },
  "metrics and their statuses": {
    do: "rh=metric;0;m.c;+5,metric;0;m.c;+0,metric;0;m.c;+-1,metric;0;m.c;=7,metric;1;m.g;+5,metric;1;m.g;+-2,metric;1;m.g;=9,metric;2;m.h;=3,metric;2;m.h;+3,metric;3;m.z;+1",
  },
  "a shared queue": {
    do: "rh=register;0;q,enqueue;0;one,enqueue;0;two",
  },
  "foreign functions": {
    do: "rh=foreign;0;clear_route_cache,foreign;0;nope",
  },
  "properties, filter state and the root context": {
    do: "rh=put-prop;weir.model;m1,prop;weir.model,prop;filter_state/wasm.weir.model,prop;wasm.weir.model,prop;request,prop;xds,prop;response/code,root,put-prop;zz;1,prop;request/path,prop;plugin_name,prop;weir.model log=put-prop;fin;1,prop;fin,prop;weir.model",
  },
  "filter state set again and empty": {
    do: "rh=put-prop;a;1,put-prop;a;2,prop;a,put-prop;b;,prop;b,prop;filter_state/wasm.b,prop;filter_state,prop;a/x",
  },
  "continuing from within a body callback": {
    do: "rh=1 rb=continue;0,1|1|0",
    pieces: ["abc", "defg"],
  },
  "continuing from within the headers callback": {
    do: "rh=continue;0,1 rb=read;0;0;100",
    pieces: ["abc", "defg"],
  },
  "continuing twice": {
    do: "rh=call;0;up,4 reply=continue;0,continue;0 rb=0",
    pieces: ["abc", "defg"],
  },
  "continuing after a local reply lets the headers out": {
    do: "rh=call;0;up,4 reply=local;403;x;no,continue;0",
    pieces: ["abc"],
  },
  "an action there is not": {
    do: "rh=9 rb=0",
    pieces: ["abc"],
  },
  "buffers that are not there": {
    do: "rh=read;7;0;10,read;6;0;10,read;4;0;10,read;1;0;10,read;99;0;1,put;7;0;0;x,put;1;0;0;x",
  },
  "a local reply to gRPC": {
    do: "rh=local;429;x;slow;,1",
    headers: [["content-type", "application/grpc"]],
  },
  "without the flag a request whose headers were held gets its body once it is continued, and can hold that": {
    do: "rh=call;0;up,1 rb=1,read;0;0;100|1,read;0;0;100|put;0;0;3;,put;0;4;0;tail,read;0;0;100,0 reply=set;0;x-late;1,continue;0",
    flag: false,
    pieces: ["abc", "defg"],
  },
  "without the flag an answer whose headers were held gets its body once it is continued": {
    do: "sh=call;0;up,1 sb=1,read;1;0;100|1,read;1;0;100|read;1;0;100,put;1;0;100;ALL,0 reply=continue;1",
    flag: false,
    upstream: { pieces: ["abc", "defg"] },
  },
  "a held body can be changed from a callout's reply": {
    do: "rh=1 rb=1|1|call;0;up,1 reply=read;0;0;100,put;0;0;3;XYZ,read;0;0;100,put;0;7;0;tail,put;0;0;3;,read;0;0;100,set;0;x-late;1,continue;0",
    pieces: ["abc", "defg"],
  },
  "a held answer can be changed from a callout's reply": {
    do: "sh=1 sb=1|1|call;0;up,1 reply=read;1;0;100,put;1;0;3;XYZ,read;1;0;100,set;2;x-late;1,continue;1",
    upstream: { pieces: ["abc", "defg"] },
  },
  "a held answer can be refused from a callout's reply": {
    do: "sh=1 sb=1|1|call;0;up,1 reply=local;403;why;no",
    upstream: { pieces: ["abc", "defg"] },
  },
  "an answer's body held after its headers went can be emptied and filled at its end": {
    do: "sh=del;2;content-length,0 sb=1|1|put;1;0;7;error",
    upstream: { pieces: ["abc", "defg"] },
  },
};
