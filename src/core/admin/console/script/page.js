let timer, missed = 0, changes = 0

const enter = () => {
  clearTimeout(timer)
  const isIn = token !== null
  $("enter").hidden = isIn
  $("forget").hidden = !isIn
  $("parts").hidden = !state
  isIn ? poll() : $("token").focus()
}
const forget = () => {
  sessionStorage.removeItem(key)
  token = null; state = stopped = undefined; missed = rates.length = 0; envoys.clear()
  for (const id of ["scope", "link"]) $(id).replaceChildren()
  show("problem", ""); show("done", ""); set({})
  $("ask").close()
  document.title = say("title")
  enter()
}
const refuseToken = () => { forget(); mark($("token"), say("not_accepted")) }

// One call that is lost is no news, if the next one is answered.
const poll = async () => {
  clearTimeout(timer)
  const before = changes
  try {
    const status = await call("GET"), counted = await call("GET", "/counters")
    if (before === changes && token !== null) { tell(status); count(counted) }
    missed = 0
    if ($("problem").textContent === say("no_answer")) show("problem", "")
  } catch (error) {
    if (!isSilent(error) || !state || ++missed > 1) fail(error)
  }
  clearTimeout(timer)
  if (token !== null) timer = setTimeout(document.hidden ? pause : poll, PERIOD)
}
const pause = () => document.addEventListener("visibilitychange", poll, { once: true })

// A change is made only if the state is still the one that is shown.
const change = async (form, path, parameters, done) => {
  const before = state
  show("problem", ""); show("done", ""); unmark(form)
  try {
    const status = await call("POST", path, parameters, { "if-match": `"${before?.generation}"` })
    isTouched = false
    changes++
    tell(status)
    show("done", done(status, before))
  } catch (error) {
    changes++
    if (error.status !== 412) return refuse(form, error)
    await poll()
    show("problem", say("faster"))
  }
}

const ask = (question, facts, verb) => new Promise(resolve => {
  $("question").textContent = question
  $("facts").replaceChildren(...facts.map(fact => element("p", fact)))
  $("yes").textContent = verb
  $("ask").returnValue = ""
  $("ask").onclose = () => resolve($("ask").returnValue === "yes")
  $("ask").showModal()
})
$("yes").onclick = () => $("ask").close("yes")
$("no").onclick = () => $("ask").close()

$("enter").onsubmit = event => {
  event.preventDefault()
  if (!isSound(event.target)) return
  const given = $("token").value.trim()
  $("token").value = ""
  // No header can carry other characters.
  if (/[^\t\x20-\x7e\x80-\xff]/.test(given)) return refuseToken()
  token = given; isEntering = true
  sessionStorage.setItem(key, token); show("problem", ""); enter()
}
$("forget").onclick = forget
for (const id of ["switch", "open"]) $(id).onsubmit = event => event.preventDefault()

const SWITCHED = (status, before) => say(before.maintenance || before.ramp_until ? "switched_off" : isPlanned(before) ? "dropped" : "was_off")
$("off").onclick = $("end").onclick = () => change($("switch"), "/off", {}, SWITCHED)
$("slowly").onclick = () => change($("open"), "/off", parameters($("open")), () => $("now").textContent)
$("reset").onclick = () => change($("switch"), "/reset", {}, () => say("was_reset"))
$("extend").onclick = () => {
  const end = Math.max(new Date(state.until), Date.now()) + 1800000
  const kept = Object.fromEntries(told(state).map(({ name }) => [name, state[name]]))
  change($("switch"), "/on", { ...kept, start: "", until: new Date(end).toISOString() }, status => say("extended", { time: when(status.until) }))
}
$("on").onclick = async () => {
  if (!isSound($("switch"))) return
  const wanted = parameters($("switch")), { start, until } = wanted, lasts = wanted.for && wanted.for * 1000
  const end = until || lasts && (start ? +new Date(start) : Date.now()) + lasts
  const facts = [
    say("scope", { scope: state.scope }), start && named(say("start"), when(start)), named(say("until"), end ? when(end) : say("open_end")),
    stopped === undefined ? say("unknown_rate") : say("known_rate", { n: rounded(stopped) }),
  ]
  if (!await ask(say("ask_on"), facts.filter(Boolean), say("on"))) return
  change($("switch"), "/on", wanted, () => isToCome(start) ? say("planned_for", { time: when(start) }) : say("switched_on"))
}
$("revoke").onclick = async () => {
  if (!await ask(say("ask_revoke"), [say("revokes")], say("revoke"))) return
  $("link").replaceChildren()
  change($("bypass"), "/bypass/revoke", {}, () => say("revoked"))
}
$("bypass").onsubmit = async event => {
  event.preventDefault()
  show("problem", ""); show("done", "")
  if (!isSound(event.target)) return
  try {
    const { url, expires } = await call("POST", "/bypass", parameters($("bypass")))
    const copy = Object.assign(element("button", say("copy")), { type: "button", onclick: async () => { await navigator.clipboard.writeText(url); show("done", say("copied")) } })
    copy.hidden = !navigator.clipboard
    $("link").replaceChildren(Object.assign(element("a", url), { href: url, dir: "ltr" }), element("p", say("held_until", { time: when(expires) })), copy)
  } catch (error) { refuse($("bypass"), error) }
}
document.title = say("title")
enter()
