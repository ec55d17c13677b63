/** A tree, a patch and a recipe are edited while a run builds from them: it builds what they were when it began. */
import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { artifactPath } from '../../store/artifacts.ts'
import { allSaying, wordedStack, wordsIn } from '../builds/firmware/worded-stack.ts'
import type { RunDocument } from './documents.ts'
import { useLab } from './lab.ts'
import { onlyBugCell } from './new-kernel.ts'
import { planLike } from './plans.ts'

const lab = useLab('inputs-stand-still')

it('which is what its build says and has in it; the next run has the edits', async () => {
  const stack = wordedStack('old')
  const plan = await planLike(lab, 'stand-still', (text) => {
    onlyBugCell(text)
    text.matrix = { config: ['ffa=y'], mode: ['protected', 'nvhe'] }
    text.stacks = { small: stack.recipe }
    text.expect = []
  })
  // The first component is held in its make; the second has not been looked at since the run began.
  const [first] = await Promise.all([lab.json<RunDocument>('build', plan), stack.atGate(() => stack.say('new'))])
  const wordsOf = async ({ run, builds, cells }: RunDocument) => {
    expect(run).toMatchObject({ state: 'finished', exitCode: 0 })
    const firmware = builds.filter(({ kind }) => kind === 'firmware')
    expect(firmware).toMatchObject([{ outcome: 'ok' }])
    expect(cells).toHaveLength(2)
    const image = firmware[0]!.products.find(({ name }) => name === 'image.bin')!
    return wordsIn(await readFile(artifactPath(lab.store, image.sha256)))
  }
  expect(await wordsOf(first)).toEqual(allSaying('old'))
  expect(await wordsOf(await lab.json<RunDocument>('build', plan))).toEqual(allSaying('new'))
})
