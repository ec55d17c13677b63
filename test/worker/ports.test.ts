import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { keepPorts, portsBefore } from '../../worker/ports.ts'
import { portsFile } from '../../control/service-file.ts'
import { tempFolder } from '../host/temp-folder.ts'

it('are those of last time, in a file of our own', async () => {
  const state = await tempFolder()
  const said: string[] = []
  expect(await portsBefore(state, (sentence) => said.push(sentence))).toBeUndefined()
  await keepPorts(state, { grpc: 20_001, ui: 20_002 })
  expect(await portsBefore(state, (sentence) => said.push(sentence))).toEqual({ grpc: 20_001, ui: 20_002 })
  expect(said).toEqual([])
  expect(statSync(portsFile(state)).mode & 0o777).toBe(0o600)
  expect(JSON.parse(readFileSync(portsFile(state), 'utf8'))).toEqual({ grpc: 20_001, ui: 20_002 })
})

it.each(['', '{"grpc":20', '{"grpc":20001}', '{"grpc":0,"ui":1}', 'null'])(
  'in a damaged file, %j, count as none, and it is told once',
  async (damaged) => {
    const state = await tempFolder()
    writeFileSync(portsFile(state), damaged)
    const said: string[] = []
    for (let times = 0; times < 2; times++)
      expect(await portsBefore(state, (sentence) => said.push(sentence))).toBeUndefined()
    expect(said).toEqual([`${portsFile(state)} was damaged; the Temporal server gets new ports.`])
  },
)
