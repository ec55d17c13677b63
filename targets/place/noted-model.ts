import { LabError } from '../../domain/errors.ts'
import type { NoteLab } from '../lab-log.ts'
import type { Powered, PowerUp } from '../powered.ts'

/** A model whose health is noted: whether it came up, and whether it ran until the target was off or it was asked to end. */
export function notedModel(powerUp: PowerUp, by: string, note: NoteLab): PowerUp {
  const ill = (words: string): void => note({ about: 'health', by, is: 'ill', words })
  return async (claim, signal) => {
    const powered = await powerUp(claim, signal).catch((error: unknown) => {
      if (!signal.aborted && error instanceof LabError) ill(error.message)
      throw error
    })
    return watched(powered, ill, () =>
      note({ about: 'health', by, is: 'healthy', words: 'The model ran to the end of its attempt.' }),
    )
  }
}

function watched(powered: Powered, ill: (words: string) => void, healthy: () => void): Powered {
  let over = false
  const once = (told: () => void): void => {
    if (!over) told()
    over = true
  }
  void powered.ended.then(
    ({ kind, reason }) => once(kind === 'lost' ? () => ill(reason) : healthy),
    (error: Error) => once(() => ill(error.message)),
  )
  const { pulse } = powered
  return {
    ...powered,
    ...(pulse && {
      pulse: {
        ask: () => pulse.ask(),
        // Asked for when it has stood still for too long, and never else.
        stillSentence(seconds) {
          const sentence = pulse.stillSentence(seconds)
          once(() => ill(sentence))
          return sentence
        },
      },
    }),
    async askOff() {
      once(healthy)
      return await powered.askOff()
    },
    async forceOff() {
      over = true
      await powered.forceOff()
    },
  }
}
