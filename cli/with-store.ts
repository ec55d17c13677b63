import type { Folders } from '../host/folders.ts'
import { openStore, type Store } from '../store/store.ts'

/** Opens the store of the state folder for the time of `use`. */
export async function withStore<T>(folders: Folders, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(folders.state)
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}
