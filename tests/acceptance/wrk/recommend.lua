-- Recommendations, each item with its reasons in words, for customers out of a file of ids, one a
-- line. Arguments: the file, the seed of the draws, and the exponent of the power law by which
-- customers come back (0: all alike); which of them come often is the same in every run.
dofile((os.getenv("WRK_FOLDER") or ".") .. "/report.lua")

local requests = {}
local up_to = {}

function init(arguments)
  local ids = {}
  for id in io.lines(arguments[1]) do ids[#ids + 1] = id end
  math.randomseed(1)
  for i = #ids, 2, -1 do
    local j = math.random(i)
    ids[i], ids[j] = ids[j], ids[i]
  end
  local sum = 0
  for rank, id in ipairs(ids) do
    requests[rank] = wrk.format("GET", "/api/recommend?user_id=" .. id)
    sum = sum + rank ^ -tonumber(arguments[3])
    up_to[rank] = sum
  end
  math.randomseed(tonumber(arguments[2]))
end

function request()
  local drawn = math.random() * up_to[#up_to]
  local low, high = 1, #up_to
  while low < high do
    local middle = math.floor((low + high) / 2)
    if up_to[middle] < drawn then low = middle + 1 else high = middle end
  end
  return requests[low]
end
