-- Sends the file named by BODY as a chat completion request, of so many CONSUMERS in turn; ANSWER is what the upstream shall
-- answer.
-- Ends with one line of JSON: times are in microseconds.
local file = assert(io.open(os.getenv("BODY"), "rb"))
local body = file:read("*a")
file:close()

local headers = { host = "bench", ["content-type"] = "application/json", ["x-bench-answer"] = os.getenv("ANSWER") }
local texts = {}
for i = 1, tonumber(os.getenv("CONSUMERS")) do
  headers["x-consumer"] = "consumer-" .. i
  texts[i] = wrk.format("POST", "/v1/chat/completions", headers, body)
end
local sent = 0
request = function()
  sent = sent + 1
  return texts[sent % #texts + 1]
end

done = function(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '\nSUMMARY{"requests":%d,"duration":%d,"p50":%.1f,"p99":%.1f,"errors":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    e.status + e.connect + e.read + e.write + e.timeout))
end
