import { execFile } from 'node:child_process'
import { copyFile, open, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { sql, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openDatabase } from '../../store/database/open-database.ts'
import { runDetail } from '../../store/details.ts'
import { migrations } from '../../store/migrations/all.ts'
import { createRun, latestRun, listRuns } from '../../store/runs.ts'
import { openStore } from '../../store/store.ts'
import { scriptPath, startChild, startCommand } from './children/child.ts'
import { sampleRun, temporaryState } from './samples.ts'

// Other processes have to start, on a host that may be busy with builds.
vi.setConfig({ testTimeout: 60_000 })

let folder: string
let file: string

beforeEach(async () => {
  folder = await temporaryState()
  file = join(folder, 'results.db')
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

/** What the next version of hyplab may bring. */
const later: Record<string, Migration> = {
  ...migrations,
  '9999-owner': {
    up: async (db) => {
      await sql`alter table runs add column owner text not null default 'nobody'`.execute(db)
    },
  },
}

test('creates the state folder and its database, with a log ahead and foreign keys', async () => {
  const store = await openStore(join(folder, 'not', 'there', 'yet'))
  const pragma = async (name: string) => (await sql.raw<object>(`pragma ${name}`).execute(store.database)).rows[0]
  expect(await pragma('journal_mode')).toEqual({ journal_mode: 'wal' })
  expect(await pragma('foreign_keys')).toEqual({ foreign_keys: 1 })
  expect(await pragma('busy_timeout')).toEqual({ timeout: 50 })
  expect(await listRuns(store)).toEqual([])
  await store.close()
})

test('a closed store leaves one whole file', async () => {
  const store = await openStore(folder)
  await createRun(store, sampleRun())
  await store.close()
  const copy = join(folder, 'copy', 'results.db')
  await (await openStore(join(folder, 'copy'))).close()
  await copyFile(file, copy)
  const again = await openStore(join(folder, 'copy'))
  expect((await latestRun(again))?.id).toBe(1)
  await again.close()
})

test('a database of an older version is brought up to date and keeps what it has', async () => {
  const old = await openStore(folder)
  await createRun(old, sampleRun(2))
  await old.close()

  const newer = await openDatabase(file, later)
  const { rows } = await sql<{ owner: string; plan: string }>`select owner, plan from runs`.execute(newer.database)
  expect(rows.map((row) => ({ ...row }))).toEqual([{ owner: 'nobody', plan: 'first-look' }])
  const store = { folder, ...newer }
  expect((await runDetail(store, 1)).cells).toHaveLength(2)
  await newer.close()
})

test('a migration that was merged after a later one is run all the same', async () => {
  await (await openDatabase(file, later)).close()
  const before = { up: async (db: Kysely<unknown>) => void (await sql`create table in_between (x)`.execute(db)) }
  const both = await openDatabase(file, { ...later, '9998-between': before })
  const { rows } = await sql`select name from kysely_migration where name > '9' order by name`.execute(both.database)
  expect(rows.map((row) => ({ ...(row as object) }))).toEqual([{ name: '9998-between' }, { name: '9999-owner' }])
  await both.close()
})

test('a database of a newer version is refused and left as it is', async () => {
  await (await openDatabase(file, later)).close()
  const before = await readFile(file)
  await expect(openStore(folder)).rejects.toMatchObject({
    code: 'StoreBroken',
    message: `The results database ${file} was written by a newer hyplab (it has "9999-owner"): update hyplab, or set HYPLAB_STATE to another folder.`,
  })
  expect((await readFile(file)).equals(before)).toBe(true)
})

test('a migration that fails leaves the database as it was', async () => {
  await (await openStore(folder)).close()
  const broken: Record<string, Migration> = {
    ...later,
    '9999-wrong': { up: async (db) => void (await sql`alter table nothing add column x`.execute(db)) },
  }
  await expect(openDatabase(file, broken)).rejects.toMatchObject({ code: 'StoreBroken' })
  const store = await openStore(folder)
  expect(await createRun(store, sampleRun())).toBe(1)
  await store.close()
})

async function readAll(): Promise<void> {
  const store = await openStore(folder)
  try {
    for (const run of await listRuns(store)) await runDetail(store, run.id)
  } finally {
    await store.close()
  }
}

test('a file that is no database, and a database with damaged pages, are named', async () => {
  await writeFile(file, 'these are not the results that you are looking for'.repeat(100))
  const damaged = { code: 'StoreBroken', message: expect.stringMatching(/results\.db is damaged/) as string }
  await expect(openStore(folder)).rejects.toMatchObject(damaged)

  await rm(file)
  const store = await openStore(folder)
  for (let count = 0; count < 50; count++) await createRun(store, sampleRun(5))
  await store.close()
  const handle = await open(file, 'r+')
  await handle.write(Buffer.alloc(20 * 4096, 0xff), 0, 20 * 4096, 2 * 4096)
  await handle.close()
  await expect(readAll()).rejects.toMatchObject(damaged)
  await truncate(file, 4096)
  await expect(readAll()).rejects.toMatchObject(damaged)
})

test('a state folder that cannot be made is named', async () => {
  await writeFile(file, '')
  await expect(openStore(join(file, 'state'))).rejects.toMatchObject({
    code: 'StoreBroken',
    message: expect.stringContaining(join(file, 'state')) as string,
  })
})

test('six processes may create the same store at the same moment', async () => {
  const children = Array.from({ length: 6 }, () => startChild('open.ts', [folder]))
  const said = await Promise.all(children.map(async (child) => (await child.lines.next()).value as string))
  expect(said.toSorted()).toEqual(['run 1', 'run 2', 'run 3', 'run 4', 'run 5', 'run 6'])
  for (const child of children) expect(await child.ended).toEqual({ code: 0, signal: null, stderr: '' })
})

test('a writer waits for another one, without holding up its own process', async () => {
  const store = await openStore(folder)
  const other = new DatabaseSync(file)
  other.exec('begin immediate')
  let turns = 0
  const turning = setInterval(() => {
    // Three turns of the event loop while the write waits, then the other lets go.
    if (++turns === 3) other.exec('commit')
  })
  expect(await createRun(store, sampleRun())).toBe(1)
  clearInterval(turning)
  expect(turns).toBeGreaterThanOrEqual(3)
  other.close()
  await store.close()
})

/** A small file system of our own needs a user namespace; some containers forbid it. */
const canMount = await promisify(execFile)('unshare', ['-Urm', 'mount', '-t', 'tmpfs', 'none', '/mnt']).then(
  () => true,
  () => false,
)

/** The last line that open.ts says in a state folder on a file system prepared by `mount`. */
async function openOn(mount: string, fill: string): Promise<string> {
  const script = `cd "$1" && ${mount} && shift && exec "$@"`
  const command = [process.execPath, scriptPath('open.ts'), folder, fill]
  const child = startCommand('unshare', ['-Urm', 'sh', '-c', script, 'sh', folder, ...command])
  let last = ''
  for await (const line of child.lines) last = line
  expect(await child.ended).toEqual({ code: 0, signal: null, stderr: '' })
  return last
}

test.skipIf(!canMount)('a full disk is one sentence, for the database and for an artifact', async () => {
  const small = 'mount -t tmpfs -o size=2m none "$1"'
  const full = /^DiskFull The disk that holds \S+ is full: free some space there, then run again\.$/
  expect(await openOn(small, 'database')).toMatch(full)
  expect(await openOn(small, 'artifacts')).toMatch(full)
})

test.skipIf(!canMount)('a state folder that cannot be written is one sentence', async () => {
  const readOnly = 'mount -t tmpfs -o ro none "$1"'
  expect(await openOn(readOnly, 'nothing')).toMatch(
    /^StoreBroken \S+ lies on a file system that is read-only: mount it read-write, or set HYPLAB_STATE to another folder\.$/,
  )
})
