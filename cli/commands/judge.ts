import type { Command } from 'commander'
import { judgeAgain } from '../../reading/judge-again.ts'
import { LabError } from '../../domain/errors.ts'
import { probesVersion } from '../../domain/probes/registry.ts'
import { formerJudgements, readJudgement, replaceJudgement } from '../../store/judgements.ts'
import { resolve } from '../../store/resolve.ts'
import type { Store } from '../../store/store.ts'
import type { Context } from '../context.ts'
import { reportFormer, reportJudged } from '../show/judgement.ts'
import { withStore } from '../with-store.ts'

/** Attempts without logs that are told one by one. */
const toldAtMost = 5

/** `judge RUN`: what the probes of today make of stored attempts. */
export function defineJudge(command: Command, context: () => Context): void {
  command
    .option('--write', 'keep the new judgement; the old one is kept beside it')
    .option('--former', 'show the judgements that were replaced')
    .action(async (text: string, options: { write?: true; former?: true }) => {
      await withStore(context().folders, async (store) => {
        const id = await resolve(store, text)
        if (id.kind !== 'run') throw new LabError('BadInput', `${text} is not a run: judge the whole run ${id.run}.`)
        if (options.former) return await showFormer(context(), store, id.run)
        await judgeRun(context(), store, id.run, options.write ?? false)
      })
    })
}

async function judgeRun({ json, paint, print, printJson, talk }: Context, store: Store, run: number, write: boolean) {
  // A run that has not ended is refused before anything is judged.
  await readJudgement(store, run)
  const judged = await judgeAgain(store, run, Date.now(), (done, of) => {
    if (of >= 20 && done % 10 === 0) talk(`judged ${done} of ${of} attempts`)
  })
  const { changes, unread, verdicts, judgement } = judged
  const attempts = judgement.cells.flatMap((cell) => cell.attempts).length
  if (attempts > 0 && unread.length === attempts) throw unread[0]!
  if (write) await replaceJudgement(store, run, judgement, Date.now())
  if (json) {
    const sentences = unread.map(({ message }) => message)
    const document = { run, probes: probesVersion, written: write, changes, unread: sentences, verdicts, judgement }
    return printJson({ schemaVersion: 1, ...document })
  }
  for (const { message } of unread.slice(0, toldAtMost)) talk(`${message} It stays judged as it was.`)
  if (unread.length > toldAtMost) talk(`So do ${unread.length - toldAtMost} more.`)
  print(reportJudged(run, judged, paint))
  if (write) talk(`Written; the judgement before is kept: hyplab judge ${run} --former.`)
  else if (changes.length > 0) talk(`Nothing was changed; hyplab judge ${run} --write keeps this.`)
}

async function showFormer({ json, paint, print, printJson }: Context, store: Store, run: number): Promise<void> {
  const former = await formerJudgements(store, run)
  if (json) return printJson({ schemaVersion: 1, run, former })
  print(reportFormer(run, former, paint))
}
