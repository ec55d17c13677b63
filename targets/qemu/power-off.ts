import type { Machine } from './running-machine.ts'

/** How long QEMU may take to end after it was asked to, or after the guest powered off. It takes milliseconds. */
const ending = 5_000

/** Waits for a machine that is ending by itself; ends it by force when it does not. @returns whether force was needed */
export async function awaitGone(machine: Pick<Machine, 'gone' | 'kill'>): Promise<boolean> {
  if (await within(machine.gone, ending)) return false
  machine.kill()
  await machine.gone
  return true
}

/** Asks QEMU to end, and ends it by force when it does not. @returns whether force was needed */
export async function powerOff(machine: Machine): Promise<boolean> {
  // It may end before it answers; whether it ended is all that matters.
  machine.qmp.execute('quit').catch(() => undefined)
  return awaitGone(machine)
}

/** Ends QEMU at once. */
export async function forceOff(machine: Machine): Promise<void> {
  machine.kill()
  await machine.gone
}

async function within(event: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds)
  })
  return Promise.race([event.then(() => true), late]).finally(() => clearTimeout(timer))
}
