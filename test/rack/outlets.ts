import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What an outlet of a rack does: commands, so that a daemon of any language can call them. */
export interface OutletCommands {
  /** Gets the outlet and `on` or `off` as two more words; its code is 0 when it obeyed. */
  set: string[]
  /** Gets the outlet as one more word and prints `on` or `off`. */
  state: string[]
}

/** One command that reached an outlet. */
export interface OutletEvent {
  outlet: string
  to: string
  /** When it began and when it had ended, milliseconds of this host's clock. */
  begin: number
  end: number
}

/** Outlets that switch nothing: their state is a file each, apart from any process, as a relay's is. */
export interface FileOutlets extends OutletCommands {
  /** What an outlet is. */
  read(outlet: string): Promise<string>
  /** Every command that was obeyed, in order. */
  events(): Promise<OutletEvent[]>
  /** What outlets say and do from now on: see the script. */
  behave(outlet: string, how: '' | 'stuck' | 'slow' | 'refuse' | 'says-on' | 'stuck-once'): Promise<void>
}

/**
 * `stuck` obeys no command and does not say so, `stuck-once` so with the next one only, `slow` takes 0.4 s, `refuse`
 * fails, `says-on` obeys but reads on for ever.
 */
const script = `#!/bin/sh
cd "$(dirname "$0")" || exit 1
how=$(cat "how-$2" 2>/dev/null)
case $1 in
set)
  begin=$(date +%s%3N)
  case $how in
  slow) sleep 0.4;;
  refuse) echo "relay $2 is stuck" >&2; exit 1;;
  esac
  case $how in
  stuck) ;;
  stuck-once) : > "how-$2";;
  *) echo "$3" > "outlet-$2.part"; mv "outlet-$2.part" "outlet-$2";;
  esac
  echo "$2 $3 $begin $(date +%s%3N)" >> events;;
state)
  if [ "$how" = says-on ]; then echo on; else cat "outlet-$2"; fi;;
esac
`

/** Makes outlets in a folder; all are off. */
export async function makeFileOutlets(folder: string, names: string[]): Promise<FileOutlets> {
  await mkdir(folder, { recursive: true })
  const program = join(folder, 'outlet.sh')
  await writeFile(program, script)
  await chmod(program, 0o755)
  for (const name of names) await writeFile(join(folder, `outlet-${name}`), 'off\n')
  await writeFile(join(folder, 'events'), '')
  return {
    set: [program, 'set'],
    state: [program, 'state'],
    read: async (outlet) => (await readFile(join(folder, `outlet-${outlet}`), 'utf8')).trim(),
    behave: (outlet, how) => writeFile(join(folder, `how-${outlet}`), how),
    async events() {
      const lines = (await readFile(join(folder, 'events'), 'utf8')).split('\n').filter((line) => line !== '')
      return lines.map((line) => {
        const [outlet = '', to = '', begin, end] = line.split(' ')
        return { outlet, to, begin: Number(begin), end: Number(end) }
      })
    },
  }
}
