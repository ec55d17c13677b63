import { connect } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import { startGuarded } from '../../host/guarded-process.ts'
import { runOrThrow } from '../../host/run.ts'
import { makeTpm } from '../../targets/swtpm.ts'
import { tempFolder } from '../host/temp-folder.ts'

/** A TPM 2.0 that the tools of tpm2-tools reach, and that we reach without them. */
export interface SoftwareTpm {
  /** Runs one of tpm2-tools on it and returns what it prints. */
  tool(command: string, ...args: string[]): Promise<string>
  /** Sends a command as bytes, as `/dev/tpm0` takes it, and returns the answer. */
  send(command: Uint8Array): Promise<Buffer>
}

/** TPM2_Startup(TPM_SU_CLEAR) (TPM 2.0 Library part 3, 9.3). */
const startup = Buffer.from('80010000000c000001440000', 'hex')

/**
 * Makes a TPM with these banks, as the lab makes them, and powers it on.
 * @param before what swtpm_ioctl is told then, e.g. `['-l', '3']`: the locality
 * @param start whether TPM2_Startup is sent as well
 */
export async function softwareTpm(
  banks: string[],
  { before = [], start = true }: { before?: string[]; start?: boolean } = {},
): Promise<SoftwareTpm> {
  const folder = await tempFolder()
  await makeTpm(folder, banks, AbortSignal.timeout(30_000))
  const state = join(folder, 'tpm')
  // The TCTI of tpm2-tss looks for the control channel beside the other one, under this name.
  const [data, control] = [join(folder, 'socket'), join(folder, 'socket.ctrl')]
  const channels = ['--server', `type=unixio,path=${data}`, '--ctrl', `type=unixio,path=${control}`]
  const args = ['socket', '--tpm2', '--tpmstate', `dir=${state}`, ...channels, '--flags', 'not-need-init']
  const guarded = startGuarded('swtpm', args, { logFile: join(folder, 'swtpm.log') })
  onTestFinished(async () => {
    guarded.kill('SIGKILL')
    await guarded.ended
  })
  const send = (command: Uint8Array) => transmit(data, command)
  await vi.waitFor(() => runOrThrow('swtpm_ioctl', ['--unix', control, '-c']), { timeout: 10_000, interval: 50 })
  if (before.length > 0) await runOrThrow('swtpm_ioctl', ['--unix', control, ...before])
  if (start) await send(startup)
  return {
    send,
    tool: (command, ...rest) => runOrThrow(command, rest, { env: { TPM2TOOLS_TCTI: `swtpm:path=${data}` } }),
  }
}

async function transmit(path: string, command: Uint8Array): Promise<Buffer> {
  const socket = connect(path)
  try {
    socket.write(command)
    // A short answer comes whole.
    const [answer] = (await once(socket, 'data')) as [Buffer]
    return answer
  } finally {
    socket.destroy()
  }
}
