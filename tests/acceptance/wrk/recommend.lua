-- Recommendations, each item with its reasons in words, for customers drawn evenly from a file of ids, one a line.
dofile((os.getenv("WRK_FOLDER") or ".") .. "/report.lua")

local requests = {}
local drawn = 0

function init(arguments)
  for id in io.lines(arguments[1]) do
    requests[#requests + 1] = wrk.format("GET", "/api/recommend?user_id=" .. id .. "")
  end
  math.randomseed(tonumber(arguments[2]))
end

function request()
  return requests[math.random(#requests)]
end
