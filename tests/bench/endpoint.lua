local on = false
local endpoint = "/maintenance-mode"
function envoy_on_request(handle)
  local path = handle:headers():get(":path")
  if path:sub(1, #endpoint) == endpoint then
    handle:respond({[":status"] = "404"}, "")
    return
  end
  if not on then return end
  handle:respond({[":status"] = "{{status}}", {{headers}}}, '{{body}}')
end
