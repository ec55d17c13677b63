import type { Lab } from './lab.ts'
import { awaited, processesLike } from './processes.ts'

const qemu = /^\S*qemu-system-aarch64 /

/** A machine that stands still in the middle of its boot. */
export interface Frozen {
  /** QEMU's. */
  pid: number
  /** Lets it go on. */
  thaw(): void
  /** Waits until QEMU has gone. */
  gone(seconds: number): Promise<void>
}

/**
 * Waits until the kernel of a run's one cell boots and freezes its QEMU there: a boot takes less than a second, and what is
 * to happen in the middle of it must not be late.
 * @throws Error when there is not exactly one QEMU
 */
export async function freezeInMidBoot(lab: Lab, run: number): Promise<Frozen> {
  await lab.event(run, 'kernel', ({ kind, data }) => kind === 'stage' && data.stage === 'kernel')
  const [machine, ...others] = processesLike(lab.state, qemu)
  if (!machine || others.length > 0) throw new Error(`${others.length + (machine ? 1 : 0)} QEMUs run, not one`)
  process.kill(machine.pid, 'SIGSTOP')
  return {
    pid: machine.pid,
    thaw: () => void process.kill(machine.pid, 'SIGCONT'),
    gone: async (seconds) => {
      const there = () => processesLike(lab.state, qemu).some(({ pid }) => pid === machine.pid)
      await awaited('QEMU has gone', seconds, () => (there() ? undefined : true))
    },
  }
}
