import type { Client } from '@temporalio/client'
import type { Folders } from '../host/folders.ts'
import type { Store } from '../store/store.ts'

/** What the steps use of the world; given once, when the worker starts. */
export interface Deps {
  folders: Folders
  store: Store
  client: Client
}
