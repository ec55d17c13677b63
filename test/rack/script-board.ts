import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { makeFileOutlets, type FileOutlets } from './outlets.ts'

/**
 * What stands in for a board: it greets when its outlet goes on, and says back what it is told. It is dead where a file `dead-NAME`
 * is beside its outlet's.
 */
const script = `#!/bin/sh
cd "$(dirname "$0")" || exit 1
was=off
while sleep 0.05; do
  is=$(cat "outlet-$1")
  [ "$is" = on ] && [ "$was" = off ] && [ ! -e "dead-$1" ] && echo "U-Boot 2023, a stand-in"
  was=$is
done &
exec cat
`

/** A lab of boards that are scripts: nothing listens, so that no daemon is needed. */
export interface ScriptLab {
  labFile: string
  outlets: FileOutlets
  /** What was flashed last onto a board. */
  flashed(name: string): Promise<string>
  /** From now on it says nothing, however it is switched. */
  kill(name: string): Promise<void>
}

/** Makes a lab of scripts in a folder, with a place for each name. @param file the lab's file, below the folder */
export async function makeScriptLab(folder: string, names: string[], file = 'lab.yaml'): Promise<ScriptLab> {
  const rail = join(folder, 'rail')
  const outlets = await makeFileOutlets(rail, names)
  const board = join(rail, 'board.sh')
  await writeFile(board, script)
  await chmod(board, 0o755)
  await mkdir(join(folder, 'media'))
  const place = (name: string): object => ({
    class: 'script',
    power: { pdu: 'rail', outlet: name },
    consoles: { uart0: { command: [board, name], worlds: ['NS'] } },
    flash: { command: ['cp', '{image}', join(folder, 'media', name)] },
    health: { says: '^U-Boot 20\\d\\d', within: '5 s' },
  })
  const lab = {
    pdus: {
      rail: {
        command: {
          on: [...outlets.set, '{outlet}', 'on'],
          off: [...outlets.set, '{outlet}', 'off'],
          state: { run: [...outlets.state, '{outlet}'], on: '^on$', off: '^off$' },
        },
      },
    },
    classes: {
      script: {
        kind: 'board',
        loader: 'self',
        limits: { 'first-byte': '2 s', 'off-silence': '100 ms', 'shortest-off': '100 ms' },
      },
    },
    places: Object.fromEntries(names.map((name) => [name, place(name)])),
  }
  const labFile = join(folder, file)
  await writeFile(labFile, stringify(lab))
  return {
    labFile,
    outlets,
    flashed: (name) => readFile(join(folder, 'media', name), 'utf8'),
    kill: (name) => writeFile(join(rail, `dead-${name}`), ''),
  }
}
