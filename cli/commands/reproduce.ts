import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { machineSetupProduct, readMachineSetup } from '../../builds/firmware/machine-setup.ts'
import { LabError } from '../../domain/errors.ts'
import { artifactPath } from '../../store/artifacts.ts'
import { isSound } from '../../store/damage.ts'
import { attemptDetail, type AttemptDetail } from '../../store/details.ts'
import { resolve } from '../../store/resolve.ts'
import type { Store } from '../../store/store.ts'
import { reproduceCommand } from '../../targets/qemu/reproduce.ts'
import type { Context } from '../context.ts'
import { withStore } from '../with-store.ts'

/** `reproduce ATTEMPT`: one command line, fit to be pasted into a shell or a mail. */
export function addReproduceCommand(program: Command, context: () => Context): void {
  program
    .command('reproduce <attempt>')
    .description('print one command line that boots the same thing by hand')
    .action(async (text: string) => {
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
        const setup = await readMachineSetup(await file(machineSetupProduct))
        const files = {
          firmware: await file('firmware'),
          ...(setup.boot === 'kernel' ? {} : { bl33: await file('bl33') }),
          image: await file('Image'),
          initrd: await file('initrd'),
        }
        const acpiTables: Record<string, string> = {}
        for (const { name } of kept.filter((one) => one.name.startsWith('acpi/')))
          acpiTables[name.slice('acpi/'.length)] = await file(name)
        const { target, cmdline } = cell.cell
        const command = reproduceCommand({ target, setup, files, cmdline }, acpiTables)
        if (context().json) context().printJson({ schemaVersion: 1, attempt: attempt.id, command, files })
        else context().print(command)
        context().talk(
          'Ctrl-A x leaves QEMU; init powers off by itself when no host answers it. The secure world writes to ./uart1.log.',
        )
      })
    })
}

/**
 * A file of an attempt, read to its end to see that it is what was booted.
 * @throws LabError BadInput when the attempt kept none; ArtifactDamaged
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
  throw new LabError(
    'ArtifactDamaged',
    `Attempt ${attempt.id} cannot be booted again: its ${name}, ${path}, ${existsSync(path) ? 'is damaged' : 'has gone'}; ` +
      `\`hyplab run ${run.planFile}\` makes it again, and a new attempt.`,
  )
}
