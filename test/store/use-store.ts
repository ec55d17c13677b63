import { rm } from 'node:fs/promises'
import { afterEach, beforeEach } from 'vitest'
import { openStore, type Store } from '../../store/store.ts'
import { temporaryState } from './samples.ts'

/** Has each test of a file begin with an empty store of its own, which is closed and deleted behind it. */
export function useStore(take: (store: Store) => void): void {
  let store: Store
  beforeEach(async () => {
    store = await openStore(await temporaryState())
    take(store)
  })
  afterEach(async () => {
    await store.close()
    await rm(store.folder, { recursive: true })
  })
}
