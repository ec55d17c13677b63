import { openBoard } from './open-board.ts'
import { openFvp } from './open-fvp.ts'
import type { OpenPlace, PlaceOrder } from './place.ts'

/** Opens a place; nothing is reached for before it is used. */
export function openPlace(order: PlaceOrder): OpenPlace {
  const { inventory, place } = order
  return inventory.classes[place.class]?.kind === 'fvp' ? openFvp(order) : openBoard(order)
}
