// A clock that is set by `letPass`: dates, and timers in their order. Whatever the page asks
// for meanwhile is answered before the next of them.
(() => {
  const Calendar = Date, send = fetch, timers = new Map(), answers = new Set()
  let passed = 0, last = 0
  const now = () => Calendar.now() + passed
  const timer = isRepeated => (then, delay) => {
    timers.set(++last, { then, delay, isRepeated, at: now() + delay })
    return last
  }
  window.Date = class extends Calendar {
    constructor(...parts) { parts.length ? super(...parts) : super(now()) }
    static now() { return now() }
  }
  window.timers = timers
  window.setTimeout = timer(false)
  window.setInterval = timer(true)
  window.clearTimeout = window.clearInterval = id => timers.delete(id)
  window.fetch = (...request) => {
    const answer = send(...request)
    answers.add(answer)
    return answer
  }
  window.letPass = async time => {
    const end = now() + time
    const next = () => [...timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)[0]
    for (let due = next(); due; due = next()) {
      const [id, { then, delay, isRepeated, at }] = due
      passed += Math.max(0, at - now())
      if (isRepeated) timers.get(id).at = at + delay
      else timers.delete(id)
      then()
      await Promise.allSettled(answers)
      answers.clear()
      await new Promise(resolve => requestAnimationFrame(resolve))
    }
    passed += Math.max(0, end - now())
  }
})()
