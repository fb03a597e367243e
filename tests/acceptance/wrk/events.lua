-- Batches of 100 events, from files of customers' and products' ids, one a line.
dofile((os.getenv("WRK_FOLDER") or ".") .. "/report.lua")

local bodies = {}

local function lines(path)
  local found = {}
  for line in io.lines(path) do found[#found + 1] = line end
  return found
end

function init(arguments)
  wrk.headers["Content-Type"] = "application/json"
  local customers, products = lines(arguments[1]), lines(arguments[2])
  for body = 1, 500 do
    local events = {}
    for k = 1, 100 do
      events[k] = string.format('{"customer_id":"%s","product_id":"%s","type":"view"}',
                                customers[math.random(#customers)], products[math.random(#products)])
    end
    bodies[body] = wrk.format("POST", "/api/events", nil,
                              '{"events":[' .. table.concat(events, ",") .. "]}")
  end
end

function request()
  return bodies[math.random(#bodies)]
end
