const here = location.pathname.replace(/\/$/, ""), key = "maintenance-mode " + here
let token = sessionStorage.getItem(key)

// Parameters are percent-encoded, a plus is a plus.
const call = async (method, path = "", parameters = {}, more = {}) => {
  const given = Object.entries(parameters).filter(([, value]) => (value ?? "") !== "")
  const query = given.map(pair => pair.map(encodeURIComponent).join("=")).join("&")
  const headers = { accept: "application/json", authorization: "Bearer " + token, ...more }
  const answer = await fetch(here + path + (query && "?" + query), { method, headers, cache: "no-store", credentials: "omit" })
  const body = await answer.json().catch(() => ({}))
  if (answer.ok) return body
  throw Object.assign(Error(body.detail), { status: answer.status, isOurs: "detail" in body })
}

/* Whoever stands between may answer in the place of an Envoy that does not. */
const isSilent = ({ status, isOurs }) => !status || status >= 500 && !isOurs
const fail = error => {
  const { status, message } = error, [, address] = /address (\S+)$/.exec(message) ?? []
  if (status === 401 || status === 431) return refuseToken()
  show("problem", isSilent(error) ? say("no_answer")
    : status === 403 && address ? say("address", { address })
    : status === 404 ? say("no_bypass")
    : status === 409 ? say("locked")
    : status === 503 ? say(/did not confirm/.test(message) ? "unconfirmed" : "store_lost")
    : say("refused", { status }))
}
