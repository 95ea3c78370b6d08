-- load.lua - for wrk: requests of many programs in turn, each with its own token (file $TOKENS), each connection waiting
-- about $PAUSE ms before the next one. The last line is: requests a second, p50 and p99 in ms.
local requests, at = {}, 0
local pause = tonumber(os.getenv("PAUSE") or "0")

function init()
    for line in io.lines(os.getenv("TOKENS")) do
        local token, unit = line:match("(%S+) (%S+)")
        requests[#requests + 1] = wrk.format("GET", wrk.path .. "?limit=25&unit=" .. unit,
            {["Authorization"] = "Bearer " .. token})
    end
end

function request()
    at = at % #requests + 1
    return requests[at]
end

if pause > 0 then
    function delay() return math.random(pause / 2, pause * 3 / 2) end
end

function done(summary, latency)
    local failed = summary.errors.status + summary.errors.read + summary.errors.timeout
    if failed > 0 then
        io.write(string.format("%d requests failed\n", failed))
        os.exit(1)
    end
    io.write(string.format("%.0f %.2f %.2f\n", summary.requests / summary.duration * 1e6,
        latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
