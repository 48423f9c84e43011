let state, isEntering = false

const isPlanned = ({ maintenance, start }) => !maintenance && isToCome(start)
const who = ({ changed_by }) => changed_by === null ? say("somebody") : changed_by === environment ? say("environment") : changed_by
/* The fields of what is told, the times first. */
const told = status => [...new Set([$("start"), $("until"), ...fields($("switch"))])].filter(({ name }) => name in status)
const TEXTS = { "datetime-local": when, number, "select-one": seconds => seconds ? span(seconds) : say("no_wait"), text: String }
const terms = status => told(status).map(field => {
  const { name, type } = field, value = status[name]
  return [label(field), value !== null ? TEXTS[type](value) : name === "until" && say("open_end")]
})
const REASONS = {
  mode: () => say("by_mode"),
  state: state => say("by_state", { who: who(state) }) + (state.since ? `, ${when(state.since)}` : ""),
  window: () => say("by_window"),
  initial: () => say("by_initial"),
}

const tell = status => {
  const { maintenance, decided_by, mode, ramp_start, ramp_until, generation } = status, before = state
  state = status
  const passed = new Date() - new Date(ramp_start), whole = new Date(ramp_until) - new Date(ramp_start), share = Math.min(1, Math.max(0, passed / whole))
  $("scope").textContent = say("scope", { scope: status.scope })
  $("state").classList.toggle("on", maintenance || ramp_until)
  update("now", ramp_until ? say("opening", { time: moment(ramp_until) }) : say(maintenance ? "is_on" : "is_off"))
  $("why").textContent = REASONS[decided_by](status)
  list($("told"), maintenance ? terms(status) : [])
  $("share").textContent = ramp_until ? say("share", { n: number(share, { style: "percent" }) }) : ""
  $("opened").value = share || 0
  $("opened").hidden = !ramp_until
  document.title = say(ramp_until ? "short_opening" : maintenance ? "short_on" : "short_off") + " · " + say("title")
  tellNext(status)
  $("parts").hidden = false
  const isFixed = mode !== "auto"
  update("off", say(ramp_until ? "at_once" : "off"))
  update("slowly", say(ramp_until ? "hasten" : "slowly"))
  $("open").hidden = isFixed || !maintenance && !ramp_until
  $("end").hidden = isFixed || !maintenance
  $("extend").hidden = $("end").hidden || !status.until
  for (const id of ["on", "off", "reset"]) $(id).disabled = isFixed
  $("locked").hidden = !isFixed
  $("store").textContent = status.store === "shared_data" ? say("shared") : say(status.store_connected ? "connected" : "disconnected", { store: status.store })
  if (before?.generation !== generation) follow(status, before)
  if (isEntering) $("now").focus()
  isEntering = false
}

const tellNext = status => {
  const { next, mode, maintenance, until } = status, plans = []
  if (isPlanned(status)) plans.push([say("planned"), status])
  if (next && next.start !== plans[0]?.[1].start) plans.push([next.name ?? say("next"), next])
  $("next").replaceChildren(...plans.flatMap(([name, plan]) => {
    const rows = document.createElement("dl")
    list(rows, terms(plan))
    return [Object.assign(element("h3", name), { dir: "auto" }), rows]
  }))
  /* Under an end that is open it is not known. */
  const isKnown = mode === "auto" && (!maintenance || until)
  if (!plans.length) $("next").append(element("p", isKnown ? say("nothing") : "—"))
}

/* Somebody has changed something, or all of it is forgotten, as by a restart. */
const follow = (status, before) => {
  const isSet = ({ maintenance, decided_by }) => decided_by === "state" && maintenance
  const isLost = before?.decided_by === "state" && status.decided_by !== "state" && status.store === "shared_data" && status.generation < before.generation
    && !(before.until && !isToCome(before.until))
  show("done", "")
  show("problem", isLost ? say("lost") : "")
  const shown = isLost ? before : status
  if (!isTouched || isLost) set(isSet(shown) || isPlanned(shown) ? shown : {})
}
