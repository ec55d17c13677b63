import type { Command } from 'commander'
import { machineSetupProduct, readMachineSetup } from '../../builds/firmware/machine-setup.ts'
import { LabError } from '../../domain/errors.ts'
import { artifactPath } from '../../store/artifacts.ts'
import { attemptDetail } from '../../store/details.ts'
import { resolve } from '../../store/resolve.ts'
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
        const { attempt, cell } = await attemptDetail(store, { run: id.run, cell: id.cell, number: id.attempt })
        const file = (name: string): string => {
          const artifact = attempt.end?.artifacts.find((one) => one.name === name)
          if (!artifact)
            throw new LabError(
              'BadInput',
              `Attempt ${attempt.id} kept no ${name}: it has not ended, or it broke before it booted.`,
            )
          return artifactPath(store, artifact.sha256)
        }
        const kept = attempt.end?.artifacts ?? []
        const setup = await readMachineSetup(file(machineSetupProduct))
        const files = {
          firmware: file('firmware'),
          ...(setup.boot === 'kernel' ? {} : { bl33: file('bl33') }),
          image: file('Image'),
          initrd: file('initrd'),
        }
        const tables = kept.filter(({ name }) => name.startsWith('acpi/'))
        const acpiTables = Object.fromEntries(tables.map(({ name }) => [name.slice('acpi/'.length), file(name)]))
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
