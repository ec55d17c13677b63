import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runOrThrow } from '../../host/run.ts'
import { tempFolder } from '../host/temp-folder.ts'

/** What tpm2_eventlog says of a log, in its own words. */
export interface Told {
  events: { pcr: number; type: string; digests: string[]; size: number }[]
  /** Lines as `sha256 7 3a1e...`. */
  pcrs: string[]
  /** The `pcrs:` part as it is printed. */
  text: string
  /** All that is printed. */
  whole: string
}

/** Runs tpm2_eventlog of Debian's tpm2-tools on a log. */
export async function tpm2EventLog(bytes: Uint8Array): Promise<Told> {
  const file = join(await tempFolder(), 'binary_bios_measurements')
  await writeFile(file, bytes)
  const said = await runOrThrow('tpm2_eventlog', [file])
  const [head = '', tail = ''] = said.split(/^pcrs:$/m)
  return {
    events: head.split(/^(?=(?:- EventNum: \d+\n)? {2}PCRIndex: )/m).flatMap(eventOf),
    pcrs: pcrsOf(tail),
    text: tail,
    whole: said,
  }
}

/** Its output is meant to be YAML and is not always (a log of TPM 1.2, data that ends a quotation), so it is read by lines. */
function eventOf(text: string): Told['events'] {
  const pcr = /^ {2}PCRIndex: (\d+)$/m.exec(text)?.[1]
  const type = /^ {2}EventType: (.+)$/m.exec(text)?.[1]
  const size = /^ {2}EventSize: (\d+)$/m.exec(text)?.[1]
  if (pcr === undefined || type === undefined || size === undefined) return []
  const before = text.slice(0, text.search(/^ {2}EventSize: /m))
  const named = [...before.matchAll(/AlgorithmId: (\S+)\n\s+Digest: "([0-9a-f]*)"/g)]
  const digests = named.map(([, bank = '', digest = '']) => `${bankOf(bank)} ${digest}`)
  return [{ pcr: Number(pcr), type, digests, size: Number(size) }]
}

function pcrsOf(text: string): string[] {
  let bank = ''
  return text.split('\n').flatMap((line) => {
    bank = /^ {2}(\w+):$/.exec(line)?.[1] ?? bank
    const value = /^ {4}(\d+) *: 0x([0-9a-fA-F]+)$/.exec(line)
    return value ? [`${bankOf(bank)} ${value[1]} ${value[2]?.toLowerCase()}`] : []
  })
}

/** Linux says `sm3` where tpm2-tools say `sm3_256`. */
function bankOf(name: string): string {
  return name.replace('sm3_256', 'sm3')
}
