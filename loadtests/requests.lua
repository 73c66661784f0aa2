-- Sends a file's requests, a line each: "METHOD path <tab> token <tab> body" (token and body may be empty).
-- wrk ... -- FILE POSITION: begins there, and says in the end where it stopped, so that no deed is sent twice.

local file
position = 0
exhausted = false
local threads = {}

function setup(thread)
   table.insert(threads, thread)
end

function init(args)
   file = assert(io.open(args[1], "r"))
   file:seek("set", tonumber(args[2]))
   position = tonumber(args[2])
end

function request()
   local line = file:read("*l")
   if line == nil then
      exhausted = true
      wrk.thread:stop()
      return wrk.format("GET", "/healthz")
   end
   position = position + #line + 1
   local method, path, token, body = line:match("^(%u+) ([^\t]*)\t([^\t]*)\t(.*)$")
   local headers = {["Accept-Language"] = "vi"}
   if token ~= "" then headers["Authorization"] = "Bearer " .. token end
   if body ~= "" then headers["Content-Type"] = "application/json" end
   return wrk.format(method, path, headers, body ~= "" and body or nil)
end

function done(summary, latency, requests)
   local e, thread = summary.errors, threads[1]
   io.write(string.format(
      '\n{"requests": %d, "seconds": %f, "failures": %d, "p50_ms": %f, "p99_ms": %f, "position": %d, "exhausted": %s}\n',
      summary.requests, summary.duration / 1e6, e.connect + e.read + e.write + e.status + e.timeout,
      latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
      thread:get("position"), tostring(thread:get("exhausted"))))
end
