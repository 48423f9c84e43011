local on = true
function envoy_on_request(handle)
  if not on then return end
  local path = handle:headers():get(":path")
  if path == "/healthz" or path:sub(1, 9) == "/healthz?" then return end
  local address = handle:streamInfo():downstreamRemoteAddress()
  if address:sub(1, 3) == "10." then return end
  handle:respond({[":status"] = "{{status}}", {{headers}}}, '{{body}}')
end
