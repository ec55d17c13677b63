import type { Expired, Patience } from './patience.ts'

/** A timer that is this late was held up with the whole host (suspended, or our process was stopped). */
const heldUp = 1000

/**
 * Calls back once, when patience has run out. Patience that is renewed meanwhile costs nothing: the timer looks again when
 * the old deadline comes.
 * @returns a function that ends the watch
 */
export function watchPatience(patience: Patience, expired: (why: Expired) => void): () => void {
  let timer: NodeJS.Timeout
  const look = (planned: number): void => {
    const now = performance.now()
    if (now - planned > heldUp) patience.forgive(now - planned, now)
    const why = patience.expired(now)
    if (why) expired(why)
    else plan(now)
  }
  const plan = (now: number): void => {
    const deadline = Math.ceil(Math.max(patience.deadline, now + 1))
    timer = setTimeout(() => look(deadline), deadline - now)
  }
  plan(performance.now())
  return () => clearTimeout(timer)
}
