import type { Command } from 'commander'
import { counted } from '../../domain/counted.ts'
import { planJsonSchema } from '../../domain/plan/schema.ts'
import type { Context } from '../context.ts'
import { planName, readPlanFile } from '../../reading/read-plan.ts'

/** `plan check FILE` and `plan schema`. */
export function definePlan(plan: Command, context: () => Context): void {
  plan
    .command('check <plan>')
    .description('check a plan, - is standard input; every mistake on a line of its own, file:line:column')
    .action(async (path: string) => {
      const { plan, cells, said } = await readPlanFile(path)
      const { json, print, printJson } = context()
      if (json) printJson({ schemaVersion: 1, plan: plan.name, cells: cells.map((cell) => cell.id), said })
      else
        print(
          [
            `${planName(path)}: fine, ${counted(cells.length, 'cell')}`,
            ...cells.map((cell) => `  ${cell.id}`),
            ...said.map((sentence) => `${sentence}.`),
          ].join('\n'),
        )
    })
  plan
    .command('schema')
    .description('print the JSON Schema of plans, for editors')
    .action(() => context().printJson(planJsonSchema()))
}
