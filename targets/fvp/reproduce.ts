import type { MachineSetup } from '../../domain/machine-setup.ts'
import { quoted } from '../quoted.ts'
import { swtpmOnWire, swtpmSetupArguments } from '../swtpm.ts'
import type { TargetFiles } from '../target-order.ts'
import { fwCfgName } from './efi-memory.ts'
import { modelName, readModel } from './kept-model.ts'
import { deviceTreeName } from './make-order.ts'

/**
 * The command line of a model as an attempt had it, with files of this host in place of those that it had, and its UARTs
 * written to where a person sees them: the normal world's to standard output, the others to files in the current folder.
 * @param kept the attempt's files, by name
 */
export function reproduceOnFvp(
  { consoles, fvp, tpm }: Pick<MachineSetup, 'consoles' | 'fvp' | 'tpm'>,
  { image, initrd, firmware }: TargetFiles,
  kept: Record<string, string>,
): { command: string; advice: string } {
  const model = readModel(kept[modelName]!)
  const made = [deviceTreeName, fwCfgName].flatMap((name) => (kept[name] === undefined ? [] : [[name, kept[name]]]))
  const here: Record<string, string> = { ...firmware, Image: image, initrd, ...Object.fromEntries(made) }
  const files = Object.entries(model.files).map(([there, name]) => [there, here[name] ?? there] as const)
  const words = model.arguments.map((word) => withFiles(word, files))
  const command = [model.path, ...words, ...Object.entries(consoles).flatMap(outFile)].map(quoted).join(' ')
  const logs = Object.keys(consoles).filter((name) => !consoles[name]!.includes('NS'))
  const where =
    model.host === 'this host' ? '' : `The model was on the host ${model.host}; here it must be at the same path. `
  const advice =
    `${where}Ctrl-C ends the model; init powers off by itself when no host answers it. ` +
    `The normal world writes to standard output${logs.map((name) => `, ${name} to ./${name}.log`).join('')}.` +
    (fvp?.tpm === undefined || !tpm ? '' : ` ${tpmAdvice(fvp.tpm, tpm.banks)}`)
  return { command, advice }
}

/** How a person gives the model its TPM: its commands come from the terminal, by the port that the model prints. */
function tpmAdvice(terminal: string, banks: string[]): string {
  const setUp = ['swtpm_setup', ...swtpmSetupArguments('tpm', banks)]
  const run = ['swtpm', ...swtpmOnWire('tpm', ['--server', 'type=unixio,path=tpm/wire'])]
  const join = 'socat TCP:127.0.0.1:PORT UNIX:tpm/wire'
  const words = (command: string[]): string => command.map(quoted).join(' ')
  return (
    `The TPM is at the other end of ${terminal}. Before the start: \`mkdir tpm && ${words(setUp)} && ${words(run)} &\`. ` +
    `As soon as the model has printed the port of ${terminal}, in another shell: \`${join}\`.`
  )
}

/** A file stands behind `NAME=`, and before `@ADDRESS` where it is data. */
function withFiles(word: string, files: readonly (readonly [there: string, here: string])[]): string {
  const [, before = '', file = '', behind = ''] = /^([^=]*=)(.*?)(@0x[0-9a-f]+)?$/.exec(word) ?? []
  const found = files.find(([there]) => there === file)
  return found ? `${before}${found[1]}${behind}` : word
}

/** `bp.pl011_uartN.out_file` (Arm 100964, PL011_Uart): `-` is standard output. Terminal N is UART N. */
function outFile([name, worlds]: [string, string[]]): string[] {
  const uart = `bp.pl011_uart${name.replace('terminal_', '')}`
  const file = worlds.includes('NS') ? '-' : `${name}.log`
  return ['-C', `${uart}.out_file=${file}`, '-C', `${uart}.unbuffered_output=1`]
}
