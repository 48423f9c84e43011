// A calendar by which pages open at a moment that is given: all dates that are told to them,
// and now, are as far from it as from the true now.
(moment => {
  const Calendar = Date, lead = Calendar.parse(moment) - Calendar.now()
  window.Date = class extends Calendar {
    constructor(...parts) { typeof parts[0] === "string" ? super(Date.parse(parts[0])) : parts.length ? super(...parts) : super(Date.now()) }
    static now() { return Calendar.now() + lead }
    static parse(text) { return Calendar.parse(text) + lead }
  }
})
