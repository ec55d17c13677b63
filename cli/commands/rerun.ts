import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { labOption } from '../places/lab-file.ts'
import { cellOf } from '../searches/cell-of.ts'
import { withStore } from '../with-store.ts'
import { collect } from './run.ts'

interface Options {
  with: string[]
  finding?: string
  detach?: boolean
  lab?: string
}

/** `rerun RUN.CELL`: which input did it, by boots of both by turns. */
export function defineRerun(command: Command, context: () => Context): void {
  command
    .option(
      '--with <input=from>',
      'kernel, config, firmware, cmdline or place of LAST_GOOD, a run (11) or a cell (11.3); or place=NAME; may be repeated',
      collect,
      [],
    )
    .option(
      '--finding <id>',
      "the finding, or boot.end; the first that failed of those that the cell's verdict rests on when left out",
    )
    .option('-d, --detach', 'start it and return; a service that is started for it runs until `hyplab down`')
    .option(...labOption)
    .action(async (text: string, options: Options) => {
      // Loaded here, because no other command pays for what knows of builds.
      const { variantsOf } = await import('../../reading/rerun-variants.ts')
      const { subjectOf } = await import('../../reading/search-subject.ts')
      const { beginSearch } = await import('../searches/begin-search.ts')
      await withStore(context().folders, async (store) => {
        const id = await cellOf(store, text, 'rerun')
        const subject = await subjectOf(store, id.run, id.cell, options.finding)
        const variants = await variantsOf(store, subject, options.with)
        const { of, finding } = subject
        for (const { name } of variants.slice(1)) context().talk(`by turns with ${of} as it is: with the ${name}`)
        const search = { kind: 'rerun' as const, of, finding, variants }
        await beginSearch(context(), store, search, subject.context.run, options)
      })
    })
}
