import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { LabError } from '../../domain/errors.ts'
import { nameCalls } from '../../domain/smc/name-calls.ts'
import { readSmcTrace, type SmcTrace } from '../../domain/smc/read-trace.ts'
import { parseSystemMap } from '../../domain/smc/system-map.ts'
import { artifactPath } from '../../store/artifacts.ts'
import type { AttemptDetail } from '../../store/details.ts'
import { requireFile, requireKept } from '../../store/keeping/removed.ts'
import type { Store } from '../../store/store.ts'
import type { Context } from '../context.ts'
import { newestAttempt } from '../newest-attempt.ts'
import { smcLines, smcToJson } from '../show/smc-report.ts'
import { withStore } from '../with-store.ts'

/** `smc ATTEMPT`: the SMC trace, one call a line, by whom, from and to which exception level, and what came of it. */
export function defineSmc(command: Command, context: () => Context): void {
  command
    .option('-s, --secure', 'also those that the secure world made')
    .action(async (text = 'latest', { secure = false }: { secure?: boolean }) => {
      await withStore(context().folders, async (store) => {
        const detail = await newestAttempt(store, text)
        const trace = await readTrace(store, detail)
        const { json, paint, print, printJson, talk } = context()
        if (json) return printJson({ schemaVersion: 1, attempt: detail.attempt.id, ...smcToJson(trace) })
        print(smcLines(trace, paint, { secure }).join('\n'))
        if (trace.damage !== undefined) talk(trace.damage)
      })
    })
}

async function readTrace(store: Store, { attempt, kernel }: AttemptDetail): Promise<SmcTrace> {
  const kept = attempt.end?.artifacts.find(({ name }) => name === 'smc')
  if (!kept) {
    const why = attempt.end ? 'it was not traced, or broke before it booted' : 'it has not ended'
    throw new LabError('BadInput', `Attempt ${attempt.id} has no SMC trace: ${why}.`)
  }
  requireKept(attempt, 'logs')
  const trace = readSmcTrace(await readFile(requireFile(store, attempt.id, kept)))
  const map = kernel?.products.find(({ name }) => name === 'System.map')
  // The names are a help: without them the addresses stand there.
  const text = map && (await readFile(artifactPath(store, map.sha256), 'latin1').catch(() => undefined))
  return { ...trace, calls: nameCalls(trace.calls, text === undefined ? undefined : parseSystemMap(text)) }
}
