import { LabError } from '../errors.ts'
import type { Inventory, LabPlace } from './inventory.ts'

/** What a place is called across labs: leases, attempts and claims know it by this. */
export function placeKey(inventory: Pick<Inventory, 'name'>, place: string): string {
  return `${inventory.name}/${place}`
}

/** The place of an inventory with that key. @throws LabError BadInput when it is another lab's */
export function placeWithKey(inventory: Inventory, key: string): LabPlace {
  const place = Object.values(inventory.places).find(({ name }) => placeKey(inventory, name) === key)
  if (place) return place
  throw new LabError('BadInput', `${inventory.file} has no place ${key}.`)
}
