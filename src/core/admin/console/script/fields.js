/* Each is named as its parameter. */
const fields = form => [...form.elements].filter(field => field.name)
const shown = form => fields(form).filter(field => !field.parentNode.hidden)
const label = field => field.labels[0].textContent
const describe = (field, change) => {
  const ids = new Set(field.getAttribute("aria-describedby")?.split(" "))
  change(ids)
  field.setAttribute("aria-describedby", [...ids].join(" "))
}

const unmark = form => {
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    $(field.id + "-fault").remove()
    field.removeAttribute("aria-invalid")
    describe(field, ids => ids.delete(field.id + "-fault"))
  }
}
const mark = (field, text) => {
  unmark(field.form)
  field.after(Object.assign(element("p", text), { id: field.id + "-fault", className: "fault" }))
  field.setAttribute("aria-invalid", true)
  describe(field, ids => ids.add(field.id + "-fault"))
  field.focus()
  field.parentNode.scrollIntoView({ block: "center" })
}

/* The limit is one of bytes in UTF-8. People count characters: those that still fit if they are like the ones
   that are there, and below zero those that are too many. */
const size = text => new TextEncoder().encode(text).length
const room = (text, limit) => {
  const characters = [...new Intl.Segmenter(locale).segment(text)]
  let free = limit - size(text), over = 0
  if (free >= 0) return Math.floor(free * characters.length / (size(text) || 1))
  for (; free < 0; over--) free += size(characters.pop().segment)
  return over
}
const left = ({ value, dataset: { limit } }) => limit ? room(value, limit) : 0
for (const field of document.querySelectorAll("[data-limit]")) {
  field.oninput = () => {
    const free = left(field)
    $(field.id + "-room").textContent = !field.value ? "" : free < 0 ? say("too_much", { n: number(-free) }) : say("left", { n: number(free) })
  }
}

const fault = field => {
  const { validity, value, dataset } = field, free = left(field)
  return validity.valueMissing ? say("missing") : !validity.valid ? say("unclear")
    : free < 0 ? say("too_much", { n: number(-free) }) : dataset.limit && /\p{Cc}/u.test(value) ? say("control") : ""
}
const isSound = form => {
  unmark(form)
  const wrong = shown(form).find(fault)
  if (wrong) mark(wrong, named(label(wrong), fault(wrong)))
  return !wrong
}

/* What the endpoint says of a parameter, in the words of the form. */
const REFUSALS = [
  [/the end, (\S+), is past/, time => say("past", { time: moment(time) })],
  [/not after the start/, () => say("not_after", { start: say("start") })],
  [/(?:more than|longer than|from 1 to) (\d+) seconds/, seconds => say("at_most", { time: span(seconds) })],
  [/year 9999/, () => say("too_late")],
  [/maintenance is on/, () => say("in_force")],
  [/control characters/, () => say("control")],
  [/(?:)/, () => say("unclear")],
]
const refuse = (form, error) => {
  const [name] = /^\w*/.exec(error.message), field = shown(form).find(field => field.name === name)
  if (!field || error.status !== 400 && error.status !== 409) return fail(error)
  const [pattern, words] = REFUSALS.find(([pattern]) => pattern.test(error.message))
  mark(field, named(label(field), words(pattern.exec(error.message)[1])))
}

/* One that is empty is not given. */
const given = ({ name, type, value }) => [name, type === "datetime-local" && value ? new Date(value).toISOString() : value]
const parameters = form => Object.fromEntries(shown(form).map(given))

/* What is set stands in the form, so that it is kept where only a part is changed. */
const local = time => {
  const minute = Math.ceil(new Date(time) / 60000) * 60000
  return new Date(minute - new Date(minute).getTimezoneOffset() * 60000).toISOString().slice(0, 16)
}
const write = (field, value) => {
  field.value = value && field.type === "datetime-local" ? local(value) : value ?? ""
  /* It is none of those to choose from. */
  if (field.selectedIndex < 0) field.add(new Option(span(value), value, false, true))
  field.oninput?.()
}
const date = () => {
  const isDated = $("until").required = $("lasts").value === "until"
  $("until").parentNode.hidden = !isDated
  $("lasts").name = isDated ? "" : "for"
}
const set = status => {
  unmark($("switch"))
  for (const field of fields($("switch"))) write(field, status[field.name])
  if (!isToCome(status.start)) $("start").value = ""
  $("lasts").value = status.until ? "until" : ""
  date()
  isTouched = false
}
let isTouched = false
$("switch").oninput = () => isTouched = true
$("lasts").onchange = date
