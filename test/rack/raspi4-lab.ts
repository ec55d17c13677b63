import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { foldersFrom } from '../../host/folders.ts'
import { freePorts } from '../../host/free-port.ts'
import type { RackPart } from './part.ts'
import { startRail, type Rail } from './rail.ts'
import { startRaspi4, withRaspi4, type Raspi4 } from './raspi4.ts'
import { hostInFile, startSshd } from './sshd.ts'

/** A lab whose only board is a virtual Raspberry Pi 4. */
export interface Raspi4Lab extends RackPart {
  labFile: string
  pi: Raspi4
  rail: Rail
}

/**
 * Starts one in a folder.
 * @param sshd more lines for the sshd_config(5) of the host that its mux and its outlet hang on
 */
export async function startRaspi4Lab(folder: string, sshd: string[] = []): Promise<Raspi4Lab> {
  await mkdir(folder, { recursive: true })
  const parts: RackPart[] = []
  const stop = async (): Promise<void> => {
    for (const part of parts.reverse()) await part.stop()
  }
  const add = <Part extends RackPart>(part: Part): Part => (parts.push(part), part)
  try {
    const pi = add(await startRaspi4(join(folder, 'board-3'), foldersFrom()))
    const rail = add(await startRail(folder, { 3: pi.board }))
    const [port = 0] = await freePorts(1)
    const bench = add(await startSshd({ folder: join(folder, 'sshd'), port, config: sshd }))
    const labFile = join(folder, 'raspi4.yaml')
    const lab = withRaspi4({ hosts: { bench: hostInFile(bench.host('bench')) } }, pi, rail)
    await writeFile(labFile, stringify(lab))
    return { labFile, pi, rail, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
