import type { VirtualBoard } from '../test/rack/board.ts'

/** When an outlet was told what, in milliseconds since 1970. */
export interface Told {
  to: 'on' | 'off'
  at: number
}

/** Takes down what the outlet of a board of the rack is told from now on: one clock for whoever tells it. */
export function watchOutlet(board: VirtualBoard): Told[] {
  const told: Told[] = []
  const set = board.set.bind(board)
  board.set = async (to) => {
    told.push({ to, at: performance.timeOrigin + performance.now() })
    await set(to)
  }
  return told
}
