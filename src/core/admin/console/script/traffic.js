const SVG = "http://www.w3.org/2000/svg", PERIOD = 2000, BARS = 60
const envoys = new Map(), rates = []
/* The requests a second that were stopped when that was counted last. */
let stopped

const count = ({ envoy, counters, held }) => {
  const now = Date.now(), passed = Object.values(counters.allowed).reduce((sum, n) => sum + n, 0), { blocked, observed } = counters
  const before = envoys.get(envoy), seconds = before && (now - before.now) / 1000
  const rate = (a, b) => before ? Math.max(0, a - b) / seconds : 0
  const kinds = [rate(blocked, before?.blocked), rate(passed, before?.passed), rate(observed, before?.observed)]
  envoys.set(envoy, { now, passed, blocked, observed, generation: state.generation, rates: kinds })
  const fresh = [...envoys.values()].filter(seen => now - seen.now < 5 * PERIOD)
  rates.push(kinds.map((_, kind) => fresh.reduce((sum, seen) => sum + seen.rates[kind], 0)))
  rates.splice(0, rates.length - BARS)
  if (state.maintenance && before) stopped = rates.at(-1)[0] + rates.at(-1)[2]
  draw()
  // The calls of this page are no news.
  const { blocked: _, allowed, admin_granted, ...others } = counters
  const reasons = Object.entries(allowed).map(([reason, n]) => [say("passed", { reason: words["reason_" + reason] ?? reason }), n])
  const rows = [...reasons, ...Object.entries(others).map(([name, n]) => [words[name] ?? name, n])].filter(([, n]) => n)
  fill("counters", [[say("blocked"), blocked], [say("waiting"), held], ...rows].map(([name, n]) => [name, number(n)]))
  fill("envoys", [...envoys].map(([name, seen]) => [name || say("nameless"), seen.generation, moment(seen.now)]))
}

const fill = (id, rows) => $(id).tBodies[0].replaceChildren(...rows.map(cells => {
  const row = document.createElement("tr")
  row.append(...cells.map((cell, at) => Object.assign(element(at ? "td" : "th", cell), at ? {} : { scope: "row" })))
  return row
}))

const rounded = rate => number(rate, { minimumFractionDigits: rate < 10 ? 1 : 0, maximumFractionDigits: rate < 10 ? 1 : 0 })
const draw = () => {
  const most = Math.max(1, ...rates.map(([blocked, allowed]) => blocked + allowed)), width = 240 / BARS
  const bar = (kind, at, from, height) => {
    const rect = document.createElementNS(SVG, "rect")
    const shape = { class: kind, x: at * width, y: 60 - (from + height) / most * 60, width: width * .8, height: height / most * 60 }
    for (const [name, value] of Object.entries(shape)) rect.setAttribute(name, value)
    return rect
  }
  $("chart").replaceChildren(...rates.flatMap(([blocked, allowed], at) => [bar("blocked", at, 0, blocked), bar("allowed", at, blocked, allowed)]))
  const [blocked, allowed] = rates.at(-1).map(rounded)
  $("rate").textContent = say("rate", { blocked, allowed })
}
