/** Who asks for JSON gets one document, also where there is nothing but an error to tell. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { change, goodLab } from '../domain/lab/labs.ts'
import { tempFolder } from '../host/temp-folder.ts'
import { runHyplab } from './run-hyplab.ts'

const wrongLab = change('jump: gate', 'jump: gat').replace('pdu: pdu1,', 'pdu: pdu2,')
const wrongPlan = 'kernels: 1\n'

/** A folder with a sound lab, and with a lab and a plan that have mistakes. */
async function folder(): Promise<string> {
  const made = await tempFolder()
  const files = { 'lab.yaml': goodLab, 'wrong.yaml': wrongLab, 'plan.yaml': wrongPlan, 'list.yaml': '- no\n' }
  for (const [name, text] of Object.entries(files)) await writeFile(join(made, name), text)
  return made
}

it.each([
  [['lab', 'check', 'wrong.yaml', '--dry-run'], 2, 'LabInvalid', ['wrong.yaml:11:13', 'wrong.yaml:59:19']],
  [['places', '--lab', 'wrong.yaml'], 2, 'LabInvalid', ['wrong.yaml:11:13', 'wrong.yaml:59:19']],
  [['place', 'rock-1', 'status', '--lab', 'wrong.yaml'], 2, 'LabInvalid', ['wrong.yaml:11:13', 'wrong.yaml:59:19']],
  [['lab', 'import', 'labgrid', 'list.yaml'], 2, 'LabInvalid', ['list.yaml:1:1']],
  [['plan', 'check', 'plan.yaml'], 2, 'PlanInvalid', ['plan.yaml:1:1', 'plan.yaml:1:10']],
  [['lab', 'check', 'none.yaml'], 2, 'BadInput', []],
  [['lab', 'check', 'lab.yaml', '--power'], 2, 'BadInput', []],
  [['reserve', 'rock-9', '--for', '1min', '--why', 'a test', '--lab', 'lab.yaml'], 4, 'NotFound', []],
  [['list', '-n', 'many'], 2, 'BadInput', []],
  [['place', 'rock-1', 'of', '--lab', 'lab.yaml'], 2, 'BadInput', []],
])('hyplab %s --json: exit code %i, an error %s, and where it is', async (args, code, error, places) => {
  const { stdout, stderr, ...ended } = await runHyplab(await folder(), [...args, '--json'])
  expect(ended.code).toBe(code)
  const { error: said, ...rest } = JSON.parse(stdout) as { error: Told }
  expect(rest).toEqual({ schemaVersion: 1 })
  expect(said).toMatchObject({ code: error, exitCode: code })
  const at = said.mistakes.map(({ file, line, column }) => `${file}:${line}:${column}`)
  expect(at).toEqual(expect.arrayContaining(places))
  expect(at.length > 0).toBe(places.length > 0)
  // The same words as for a person.
  expect(stderr).toContain(said.message)
  for (const { message } of said.mistakes) expect(said.message).toContain(message)
})

interface Told {
  code: string
  message: string
  exitCode: number
  mistakes: { file: string; line: number; column: number; message: string; hint: string }[]
}

it('a place that is reserved and given back is told as data, too', async () => {
  const made = await folder()
  const lab = ['--lab', 'lab.yaml', '--json']
  const reserved = await runHyplab(made, ['reserve', 'rock-1', '--for', '5min', '--why', 'a test', ...lab])
  expect(JSON.parse(reserved.stdout)).toMatchObject({
    place: 'rock-1',
    holder: expect.stringMatching(/^reserved by /),
    why: 'a test',
  })
  for (const released of [true, false])
    expect(JSON.parse((await runHyplab(made, ['release', 'rock-1', ...lab])).stdout)).toEqual({
      schemaVersion: 1,
      place: 'rock-1',
      released,
    })
})
