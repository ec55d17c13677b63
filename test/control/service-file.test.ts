import { statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import {
  readServiceFacts,
  removeServiceFacts,
  writeServiceFacts,
  type ServiceFacts,
} from '../../control/service-file.ts'
import { tempFolder } from '../host/temp-folder.ts'

const facts: ServiceFacts = {
  pid: 1,
  address: '127.0.0.1:7233',
  namespace: 'hyplab',
  server: { kind: 'configured' },
  worker: { pid: 2 },
  started: 0,
  life: 'until-down',
}

it('is read back as it was written, until it is removed', async () => {
  const state = await tempFolder()
  expect(await readServiceFacts(state)).toBeUndefined()
  await writeServiceFacts(state, facts)
  expect(await readServiceFacts(state)).toEqual(facts)
  expect(statSync(join(state, 'service.json')).mode & 0o777).toBe(0o600)
  await removeServiceFacts(state)
  expect(await readServiceFacts(state)).toBeUndefined()
  await removeServiceFacts(state)
})

it('is whole whenever it is read, while it is written anew', async () => {
  const state = await tempFolder()
  await writeServiceFacts(state, facts)
  let writing = true
  const written = (async () => {
    for (let pid = 1; pid <= 200; pid++) await writeServiceFacts(state, { ...facts, pid })
    writing = false
  })()
  while (writing) expect(await readServiceFacts(state)).toMatchObject({ address: facts.address })
  await written
  expect(await readServiceFacts(state)).toMatchObject({ pid: 200 })
})

it('that is damaged counts as none', async () => {
  const state = await tempFolder()
  await writeFile(join(state, 'service.json'), '{"pid": 12')
  expect(await readServiceFacts(state)).toBeUndefined()
})
