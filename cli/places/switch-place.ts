import { LabError } from '../../domain/errors.ts'
import type { PowerSwitch } from '../../targets/board/power/power.ts'
import type { Context } from '../context.ts'
import { onInterrupt } from '../interrupt.ts'
import { readLabFile } from '../../reading/read-lab.ts'
import { withStore } from '../with-store.ts'
import { onPlace } from './hold-place.ts'
import { labFileOf } from './lab-file.ts'

/** What can be done with the power of a place. */
export type Action = 'on' | 'off' | 'cycle' | 'status'

/** Switches the power of a place, or asks for it, as its only holder. */
export async function switchPlace(
  context: Context,
  name: string,
  action: Action,
  option: string | undefined,
): Promise<void> {
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
