import type { Command } from 'commander'
import { attemptDetail, cellDetail, runDetail } from '../../store/details.ts'
import { resolve } from '../../store/resolve.ts'
import type { Context } from '../context.ts'
import { reportAttempt } from '../show/attempt-report.ts'
import { reportCell } from '../show/cell-report.ts'
import { attemptToJson, cellContextToJson, runToJson } from '../show/json.ts'
import { reportRun } from '../show/run-report.ts'
import { withStore } from '../with-store.ts'

/** `show RUN|CELL|ATTEMPT`: verdicts, findings, evidence. */
export function defineShow(command: Command, context: () => Context): void {
  command.action(async (what = 'latest') => {
    await withStore(context().folders, async (store) => {
      const { json, paint, print, printJson } = context()
      const id = await resolve(store, what)
      if (id.kind === 'run') {
        const detail = await runDetail(store, id.run)
        return json ? printJson(runToJson(detail)) : print(reportRun(detail, paint))
      }
      if (id.kind === 'cell') {
        const detail = await cellDetail(store, id.run, id.cell)
        return json ? printJson(cellContextToJson(detail)) : print(reportCell(detail, paint))
      }
      const detail = await attemptDetail(store, { run: id.run, cell: id.cell, number: id.attempt })
      return json ? printJson(attemptToJson(detail)) : print(await reportAttempt(store, detail, paint))
    })
  })
}
