-- Submits the scenario of a prepared request, with another seed each time, and on request another
-- archive each time (in the last digits of the zip's comment): submit.lua FOLDER same|distinct
--
-- FOLDER holds `type`, `head`, `archive` and `tail`: the content type and three parts of the body.
-- `head` ends the field before the file with the digits SSSSSSSS, `archive` ends with ten digits.
require("report")

local content_type, head, archive, tail, distinct
local count = 0

local function contents(path)
    local file = assert(io.open(path, "rb"))
    local text = file:read("*a")
    file:close()
    return text
end

function init(arguments)
    local folder = arguments[1]
    content_type = contents(folder .. "/type")
    head = contents(folder .. "/head")
    archive = contents(folder .. "/archive")
    tail = contents(folder .. "/tail")
    distinct = arguments[2] == "distinct"
    wrk.headers["Content-Type"] = content_type
    count = tonumber(arguments[3])
end

function request()
    count = count + 1
    local file = archive
    if distinct then
        file = archive:sub(1, -11) .. string.format("%010d", count)
    end
    local seeded = head:gsub("SSSSSSSS", string.format("%08d", count))
    return wrk.format("POST", "/jobs", nil, seeded .. file .. tail)
end
