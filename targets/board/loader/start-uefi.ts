import { LabError } from '../../../domain/errors.ts'
import type { UefiOffer } from '../flash/flash.ts'
import { bootOnce, showVariable, shownValue, type TypedVariable } from './boot-option.ts'
import { efiAutoboot, type EfiShell } from './efi-shell.ts'
import { findKernel } from './interruption.ts'
import { lastWords, LoaderFault } from './loader-fault.ts'

/** A variable is set as often when what is read back is something else. */
const mostSet = 2

/**
 * From power-on to the kernel, by a UEFI shell: sets a boot option for the next start, has the firmware show it, and resets.
 * @returns what firmware did instead of starting the kernel, in one sentence; undefined when it started it
 * @throws LabError PlaceBroken for what the lab broke: a web server that gives no file, a wire that loses characters
 */
export async function startByUefi(
  shell: EfiShell,
  { uri, initrd }: UefiOffer,
  cmdline: string,
): Promise<string | undefined> {
  try {
    await shell.toPrompt()
    for (const variable of bootOnce(uri, `${initrd} ${cmdline}`.trimEnd())) await setVariable(shell, variable)
    const find = (text: string) => startedOrFault(text, uri)
    await shell.leave('reset', find, (text) => silentInNetwork(text, uri))
    return undefined
  } catch (error) {
    if (error instanceof LoaderFault) return error.message
    throw error
  }
}

async function setVariable(shell: EfiShell, { name, command, value }: TypedVariable): Promise<void> {
  for (let tries = 1; ; tries++) {
    const { code, output } = await shell.ask(command)
    const shown = await shell.ask(showVariable(name))
    if (shownValue(shown.output) === value) return
    if (tries < mostSet) continue
    const said = code === 0 ? lastWords(shown.output) : lastWords(output)
    const sentence = `The firmware does not keep the variable ${name} as it was set at its UEFI shell: it says ${said}.`
    throw new LabError('PlaceBroken', sentence, { retryable: true })
  }
}

/** MdeModulePkg/Library/UefiBootManagerLib, and the boot managers of OvmfPkg and ArmVirtPkg, say these. */
function startedOrFault(text: string, uri: string): true | undefined {
  if (/BdsDxe: failed to load Boot00F0/.test(text) || text.includes(efiAutoboot.says)) throw notLoaded(text, uri)
  const refused = /BdsDxe: failed to start Boot00F0[^\r\n]*/.exec(text)?.[0]
  if (refused !== undefined) throw new LoaderFault(`The firmware did not start what was flashed: it said "${refused}".`)
  return /BdsDxe: starting Boot00F0/.test(text) || findKernel(text) !== undefined ? true : undefined
}

/** It tries each of its networks, with IPv4 and IPv6, and may be silent for minutes with one that answers nothing. */
function silentInNetwork(text: string, uri: string): LabError | undefined {
  return /^>>Start HTTP Boot/m.test(text) ? notLoaded(text, uri) : undefined
}

function notLoaded(text: string, uri: string): LabError {
  const said = lastWords(text.split(efiAutoboot.says)[0]!, 4)
  const sentence = `The firmware could not boot ${uri}; check that the web server serves the folder that files are put in, and that the firmware has a network. It said ${said}.`
  return new LabError('PlaceBroken', sentence, { retryable: true })
}
