import type { Command } from 'commander'
import type { HostCheck } from '../../host/doctor.ts'
import type { Folders } from '../../host/folders.ts'
import { askService } from '../../control/ask-service.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { table } from '../show/table.ts'

/** `doctor`: what a run needs on this machine, and what to do about what is missing. */
export function defineDoctor(command: Command, context: () => Context): void {
  command.action(async () => {
    const { folders, json, paint, print, printJson } = context()
    // Loaded here, because no other command pays for it then.
    const { checkHost } = await import('../../host/doctor.ts')
    const checks = [...(await checkHost(folders)), await checkService(folders.state), ...(await checkRoom(folders))]
    if (checks.some(({ outcome }) => outcome === 'bad')) process.exitCode = exitCodes.infra
    if (json) return printJson({ schemaVersion: 1, checks })
    const colours = { ok: paint.green, warn: paint.yellow, bad: paint.red }
    const rows = checks.map(({ name, outcome, detail, fix }) => [
      colours[outcome](outcome),
      name,
      fix === undefined ? detail : `${detail}; ${fix}`,
    ])
    print(table(rows))
  })
}

/** Nothing to say where nothing was kept yet: the folders' own checks say how much is free. */
async function checkRoom(folders: Folders): Promise<HostCheck[]> {
  const { roomNow } = await import('../room.ts')
  const room = await roomNow(folders)
  if (room === undefined) return []
  const name = 'room'
  const fix = 'hyplab gc says what takes it; docs/running-a-lab.md says what is kept'
  if (room.rules !== undefined)
    return [{ name, outcome: 'bad', detail: room.rules, fix: 'until then nothing is removed' }]
  if (room.level === 'ok') return [{ name, outcome: 'ok', detail: 'enough for the next build' }]
  return [{ name, outcome: room.level === 'none' ? 'bad' : 'warn', detail: room.sentence, fix }]
}

async function checkService(stateFolder: string): Promise<HostCheck> {
  const answer = await askService(stateFolder, 'status')
  await answer?.close()
  const detail = answer ? `runs, pid ${answer.facts.pid}` : 'does not run; a command that needs it starts it for itself'
  return { name: 'service', outcome: 'ok', detail }
}
