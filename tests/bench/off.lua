local on = false
function envoy_on_request(handle)
  if not on then return end
  handle:respond({[":status"] = "{{status}}", {{headers}}}, '{{body}}')
end
