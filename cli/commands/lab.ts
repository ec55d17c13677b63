import type { Command } from 'commander'
import { LabError } from '../../domain/errors.ts'
import type { Context } from '../context.ts'
import type { CheckOptions } from '../places/check-lab.ts'
import { labFileOf } from '../places/lab-file.ts'

// What reads labs is loaded by the actions, because no other command pays for it then.

/** `lab check FILE`, `lab schema` and `lab import labgrid FILE...`. */
export function defineLab(lab: Command, context: () => Context): void {
  lab
    .command('check [lab]')
    .description("check a lab's file (HYPLAB_LAB when left out), and try every line of it on the real thing")
    .option('--dry-run', 'only read the file and print what it names; reach for nothing')
    .option('--place <names...>', 'only these places, with their hosts and PDUs')
    .option('--power', 'also switch each place on and off, to see that it is healthy')
    .option('-y, --yes', 'do not ask before that')
    .action(async (named: string | undefined, options: CheckOptions) => {
      const path = labFileOf(named, 'there is nothing to check', 'behind lab check')
      if (options.dryRun !== true) {
        const { checkOnTheRealThing } = await import('../places/check-lab.ts')
        return await checkOnTheRealThing(context(), path, options)
      }
      const { readLabFile } = await import('../../reading/read-lab.ts')
      const { labReport } = await import('../show/lab-report.ts')
      const { json, paint, print, printJson } = context()
      const inventory = readLabFile(path)
      if (json) printJson({ schemaVersion: 1, ...inventory })
      else print(labReport(path, inventory, paint))
    })
  lab
    .command('schema')
    .description("print the JSON Schema of labs' files, for editors")
    .action(async () => {
      const { labJsonSchema } = await import('../../domain/lab/file/schema.ts')
      context().printJson(labJsonSchema())
    })
  lab
    .command('import')
    .description("make a lab's file of another lab runner's")
    .command('labgrid <files...>')
    .description("print a lab's file made of labgrid's exporter and environment files")
    .action(async (paths: string[]) => printImported(context(), paths))
}

/** Prints the lab, and says so when nothing in it can be a place. */
async function printImported({ json, print, printJson }: Context, paths: string[]): Promise<void> {
  const { importLabgrid } = await import('../../domain/lab/labgrid/import-labgrid.ts')
  const { mistaken } = await import('../../domain/yaml/mistaken.ts')
  const { readInput } = await import('../../host/read-input.ts')
  const hint = 'name an exporter or environment file of labgrid'
  const imported = importLabgrid(paths.map((file) => ({ file, text: readInput(file, hint) })))
  if (!imported.ok) throw mistaken('LabInvalid', imported.errors)
  const { text, places } = imported
  if (json) printJson({ schemaVersion: 1, lab: text, places })
  else print(text)
  if (places > 0) return
  throw new LabError('NotFound', `Nothing in ${paths.join(' and ')} can be a place as it stands: see the comments.`)
}
