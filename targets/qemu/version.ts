import { run } from '../../host/run.ts'
import { qemu } from './machine.ts'

/**
 * The version of the QEMU on PATH, with that of its package where it says one: `10.0.3 (Debian 1:10.0.3+ds-0+deb13u1)`.
 * @returns undefined when there is none, or when it does not say
 */
export async function qemuVersion(): Promise<string | undefined> {
  const { code, stdout } = await run(qemu, ['--version'])
  return code === 0 ? /^QEMU emulator version (.+)$/m.exec(stdout)?.[1] : undefined
}
