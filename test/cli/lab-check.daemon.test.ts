/** `hyplab lab check` on the virtual rack: a lab that is fine, and the same with one thing broken. */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRack, type Rack } from '../rack/rack.ts'
import { runHyplab, type Ended } from './run-hyplab.ts'

let folder: string
let rack: Rack
let text: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-check-'))
  rack = await startRack({ folder })
  text = await readFile(rack.labFile, 'utf8')
})
afterAll(async () => {
  await rack.stop()
  await rm(folder, { recursive: true })
})

const check = async (...args: string[]): Promise<Ended> =>
  await runHyplab(folder, ['lab', 'check', 'rack.yaml', ...args])

test('X', async () => {
  const e = await check()
  console.log(e.code, e.stdout, '\n', e.stderr)
  const f = await check('--power', '--yes')
  console.log(f.code, f.stdout, '\n', f.stderr)
  expect(1).toBe(1)
  void chmod, writeFile, text
})
