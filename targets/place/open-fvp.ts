import { LabError } from '../../domain/errors.ts'
import { makeFvpOrder } from '../fvp/make-order.ts'
import { powerFvp } from '../fvp/power.ts'
import { linkHosts } from '../hosts/host-links.ts'
import { unnoted } from '../lab-log.ts'
import { notedModel } from './noted-model.ts'
import type { OpenPlace, PlaceOrder } from './place.ts'

/**
 * Opens a place that is a model: a program of this host or another. It has no switch and no medium, and is there only while
 * an attempt has it run.
 */
export function openFvp(work: PlaceOrder): OpenPlace {
  const { inventory, place } = work
  const links = linkHosts(inventory.hosts)
  const kind = inventory.classes[place.class]!
  const isHere = inventory.hosts[place.host]?.ssh === undefined
  return {
    console() {
      const sentence = `${place.name} is a model, and has consoles only while an attempt has it run: \`hyplab logs --follow\` shows them.`
      return Promise.reject(new LabError('BadInput', sentence))
    },
    // A model that was left behind is ended with its claim, or with the connection that started it.
    off: () => Promise.resolve(),
    flash: () => Promise.resolve({ files: [], remarks: [] }),
    powerUp: (order) => async (claim, signal) => {
      await work.mayCommand()
      const made = await makeFvpOrder(order, kind, signal)
      const powerUp = powerFvp(made, isHere ? undefined : links.link(place.host))
      return await notedModel(powerUp, place.name, work.note ?? unnoted)(claim, signal)
    },
    clear: () => Promise.resolve(),
    close: () => links.close(),
  }
}
