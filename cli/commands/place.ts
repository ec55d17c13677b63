import { Argument, type Command } from 'commander'
import { LabError } from '../../domain/errors.ts'
import type { PowerSwitch } from '../../targets/board/power/power-switch.ts'
import type { Context } from '../context.ts'
import { onPlace } from '../hold-place.ts'
import { onInterrupt } from '../interrupt.ts'
import { labFileOf, labOption } from '../lab-file.ts'
import { readLabFile } from '../read-lab.ts'
import { withStore } from '../with-store.ts'

const actions = ['on', 'off', 'cycle', 'status'] as const
type Action = (typeof actions)[number]

/** `place NAME on|off|cycle|status`: the power of a place, by hand. */
export function addPlaceCommand(program: Command, context: () => Context): void {
  program
    .command('place')
    .description("switch a place's power by hand, or ask for it; nobody else may have the place")
    .argument('<place>')
    .addArgument(new Argument('<action>').choices(actions))
    .option(...labOption)
    .action(async (name: string, action: Action, options: { lab?: string }) => {
      await place(context(), name, action, options.lab)
    })
}

async function place(context: Context, name: string, action: Action, option: string | undefined): Promise<void> {
  const lab = readLabFile(labFileOf(option, 'a place belongs to a lab'))
  const cut = new AbortController()
  const release = onInterrupt(() => cut.abort(new LabError('PlaceBroken', 'Interrupted.')))
  try {
    await withStore(context.folders, (store) =>
      onPlace(context, store, lab, name, `hyplab place ${name} ${action}`, async (open) => {
        if (!open.power) throw new LabError('BadInput', `${name} has no power to switch: it is a program.`)
        const { state, remarks } = await act(open.power, action, cut.signal)
        if (action === 'off') await open.off(cut.signal)
        for (const text of remarks) context.talk(text)
        if (context.json) context.printJson({ schemaVersion: 1, place: name, state })
        else context.print(`${name} ${said[state]}`)
      }),
    )
  } finally {
    release()
  }
}

const said = {
  on: 'is on',
  off: 'is off',
  unknown: 'does not say whether it is on',
  unread: 'was switched; its outlet cannot be asked',
}

async function act(
  power: PowerSwitch,
  action: Action,
  signal: AbortSignal,
): Promise<{ state: keyof typeof said; remarks: string[] }> {
  if (action === 'status') return { state: await power.state(signal), remarks: [] }
  const { read, remarks } = await power[action](signal)
  return { state: read, remarks }
}
