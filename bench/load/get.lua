-- GETs of the paths in a file, in turn: get.lua FILE
require("report")

local prepared, next_one = {}, 0

function init(arguments)
    for path in io.lines(arguments[1]) do
        prepared[#prepared + 1] = wrk.format("GET", path)
    end
end

function request()
    next_one = next_one % #prepared + 1
    return prepared[next_one]
end
