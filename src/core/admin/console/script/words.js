const $ = id => document.getElementById(id), { bypass, environment, words } = JSON.parse($("given").textContent)
const { lang, dir } = document.documentElement
/* As it is written where the reader lives. */
const locale = navigator.languages.find(tag => tag.split("-")[0] === lang) ?? lang

/* A value keeps its own direction in a line that runs the other way. */
const isolated = value => dir === "rtl" ? `\u2068${value}\u2069` : value
const say = (word, values) => words[word].replace(/\{(\w+)\}/g, (_, name) => isolated(values[name]))
const named = (name, text) => say("named", { name, text })
const number = (value, options) => new Intl.NumberFormat(locale, options).format(value)

const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]]
const span = (seconds, unitDisplay = "long") => {
  const [unit, size] = UNITS.find(([, size]) => seconds >= size && seconds % size === 0) ?? UNITS.at(-1)
  return number(seconds / size, { style: "unit", unit, unitDisplay })
}
const moment = time => new Date(time).toLocaleString(locale, { year: "numeric", month: "short", day: "numeric", hour: "numeric", minute: "2-digit", timeZoneName: "short" })
const away = time => {
  const seconds = (new Date(time) - Date.now()) / 1000, isNow = seconds <= 0 && seconds > -60
  const [unit, size] = isNow ? UNITS.at(-1) : UNITS.slice(0, 3).find(([, size]) => Math.abs(seconds) >= 2 * size) ?? UNITS[2]
  const count = isNow ? 0 : Math.sign(seconds) * Math.max(1, Math.round(Math.abs(seconds) / size))
  return new Intl.RelativeTimeFormat(locale, { numeric: isNow ? "auto" : "always" }).format(count, unit)
}
const when = time => `${moment(time)} (${away(time)})`
const isToCome = time => time && new Date(time) > new Date()

const element = (name, text) => Object.assign(document.createElement(name), { textContent: text })
const show = (id, text) => { $(id).textContent = text; $(id).hidden = !text }
/* What is told already is not told again to those who listen. */
const update = (id, text) => { if ($(id).textContent !== text) $(id).textContent = text }
const list = (dl, rows) => dl.replaceChildren(...rows.filter(([, text]) => text).flatMap(([name, text]) => [element("dt", name), Object.assign(element("dd", text), { dir: "auto" })]))

for (const spoken of document.querySelectorAll("[data-say]")) spoken.textContent = say(spoken.dataset.say)
for (const field of document.querySelectorAll("[data-hint]")) field.placeholder = say(field.dataset.hint)
for (const option of document.querySelectorAll("option:empty")) option.textContent = span(option.value)
$("extend").textContent = say("extend", { time: span(1800, "short") })
$("zone").textContent = say("zone", { zone: Intl.DateTimeFormat().resolvedOptions().timeZone })
$("links").hidden = !bypass
