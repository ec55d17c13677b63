import type { Command } from 'commander'
import type { FindingKind } from '../../domain/probes/probe.ts'
import { findingKinds, probesVersion } from '../../domain/probes/registry.ts'
import type { Context } from '../context.ts'
import { table } from '../show/table.ts'

/** `findings`: every finding that there is, with the question that it answers. */
export function defineFindings(command: Command, context: () => Context): void {
  command.action(() => {
    const { json, paint, print, printJson } = context()
    const kinds = findingKinds()
    if (json)
      return printJson({
        schemaVersion: 1,
        probesVersion: Number(probesVersion),
        findings: kinds.map(findingKindToJson),
      })
    const rows = kinds.map(({ id, asks, outcomes }) => [paint.cyan(id), asks, paint.dim(outcomes.join(', '))])
    print(table([['finding', 'what it asks', 'outcomes'].map(paint.dim), ...rows]))
  })
}

function findingKindToJson({ id, asks, outcomes, since }: FindingKind): object {
  return { id, group: id.split('.')[0], asks, outcomes, section: `docs/findings.md#${anchorOf(id)}`, since }
}

/** The anchor that renderers of Markdown make of a heading: letters, digits, `-` and `_` stay. */
function anchorOf(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^\w-]/g, '')
}
