import { Readable } from 'node:stream'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LabError } from '../../../domain/errors.ts'
import { endOf } from '../../../targets/fvp/ending.ts'
import { KeptFile } from '../../../targets/fvp/kept-model.ts'
import { ModelOutput } from '../../../targets/fvp/model-output.ts'
import { tempFolder } from '../../host/temp-folder.ts'

async function printed(text: string): Promise<ModelOutput> {
  const output = new ModelOutput(
    new KeptFile(join(await tempFolder(), 'fvp.log')),
    [Readable.from([Buffer.from(`4711\n${text}`)])],
    () => {},
  )
  expect(await output.pid).toBe(4711)
  await output.end()
  return output
}

test('code 0 is a power-off, whatever else the model says of it', async () => {
  const output = await printed('Info: /OSCI/SystemC: Simulation stopped by user.\n')
  expect(endOf({ code: 0 }, output)).toEqual({ kind: 'power-off', reason: '' })
})

test('code 0 by a limit that was put on the model is no power-off', async () => {
  const output = await printed('Info: Simulation is stopping. Reason: Cycle limit has been exceeded.\n')
  expect(endOf({ code: 0 }, output)).toEqual({
    kind: 'lost',
    reason: 'The model stopped by itself: Cycle limit has been exceeded.',
  })
})

test('any other code is a model that was lost, with its last words', async () => {
  const output = await printed('one\n\ntwo\n')
  expect(endOf({ code: 3 }, output)).toEqual({
    kind: 'lost',
    reason: 'The model ended with code 3 while the target was running; it said: one / two',
  })
})

test('a host that went away takes the model with it, in the words of the host', async () => {
  const output = await printed('')
  const gone = new LabError('PlaceBroken', 'rack-1 went away: connection reset')
  expect(endOf(gone, output)).toEqual({ kind: 'lost', reason: 'rack-1 went away: connection reset' })
})
