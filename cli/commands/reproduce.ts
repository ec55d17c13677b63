import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { machineSetupProduct, readMachineSetup } from '../../builds/firmware/machine-setup.ts'
import { LabError } from '../../domain/errors.ts'
import { removedSentence } from '../../domain/keep/what-goes.ts'
import { productsBooted } from '../../domain/machine-setup.ts'
import { artifactPath } from '../../store/artifacts.ts'
import { isSound } from '../../store/damage.ts'
import { attemptDetail, type AttemptDetail } from '../../store/details.ts'
import { resolve } from '../../store/resolve.ts'
import type { Store } from '../../store/store.ts'
import { firmwareFor, keptToReproduce, reproduction } from '../../targets/adapters.ts'
import type { Context } from '../context.ts'
import { withStore } from '../with-store.ts'

/** `reproduce ATTEMPT`: one command line, or steps for a board, fit to be pasted into a shell or a mail. */
export function defineReproduce(command: Command, context: () => Context): void {
  command.action(async (text: string) => {
    await withStore(context().folders, async (store) => {
      const id = await resolve(store, text)
      if (id.kind !== 'attempt')
        throw new LabError(
          'BadInput',
          `${text} is not an attempt: name one, e.g. ${id.run}.${id.kind === 'cell' ? id.cell : 1}.1.`,
        )
      const detail = await attemptDetail(store, { run: id.run, cell: id.cell, number: id.attempt })
      const { attempt, cell } = detail
      const file = (name: string): Promise<string> => wholeFile(store, detail, name)
      const kept = attempt.end?.artifacts ?? []
      const { target, cmdline, stack } = cell.cell
      // A board that keeps its own firmware needs no setting up.
      const isSetUp = stack.recipe !== undefined
      const setup = isSetUp ? await readMachineSetup(await file(machineSetupProduct)) : undefined
      const taken = firmwareFor(target, setup?.fvp ? productsBooted(setup.fvp) : [])
      const bl33 = setup === undefined || setup.boot === 'kernel' ? [] : ['bl33']
      const firmware = await filesNamed([...Object.values(taken), ...bl33], file)
      const files = { image: await file('Image'), initrd: await file('initrd'), firmware }
      const others = keptToReproduce(
        target,
        kept.map(({ name }) => name),
      )
      const { command, advice } = reproduction({
        attempt: attempt.id,
        place: attempt.place,
        target,
        ...(setup && { setup }),
        files,
        cmdline,
        kept: await filesNamed(others, file),
      })
      const flat = { ...firmware, image: files.image, initrd: files.initrd }
      if (context().json) context().printJson({ schemaVersion: 1, attempt: attempt.id, command, files: flat })
      else context().print(command)
      context().talk(advice)
    })
  })
}

async function filesNamed(names: string[], file: (name: string) => Promise<string>): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const name of names) found[name] = await file(name)
  return found
}

/**
 * A file of an attempt, read to its end to see that it is what was booted.
 * @throws LabError BadInput when the attempt kept none; NotFound when a rule has removed it; ArtifactDamaged
 */
async function wholeFile(store: Store, { attempt, run }: AttemptDetail, name: string): Promise<string> {
  const artifact = attempt.end?.artifacts.find((one) => one.name === name)
  if (!artifact)
    throw new LabError(
      'BadInput',
      `Attempt ${attempt.id} kept no ${name}: it has not ended, or it broke before it booted.`,
    )
  const path = artifactPath(store, artifact.sha256)
  if (await isSound(store, artifact)) return path
  if (artifact.removed) throw new LabError('NotFound', removedSentence('images', attempt.id, artifact.removed))
  throw new LabError(
    'ArtifactDamaged',
    `Attempt ${attempt.id} cannot be booted again: its ${name}, ${path}, ${existsSync(path) ? 'is damaged' : 'has gone'}; ` +
      `\`hyplab run ${run.planFile}\` makes it again, and a new attempt.`,
  )
}
