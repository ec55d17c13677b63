/**
 * Workflows that began under an older hyplab must go on under this one: histories of real ones are replayed. When one of
 * these fails, running labs would break; `patched()` of the SDK is the way out, not a new recording.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker'
import { DeterminismViolationError } from '@temporalio/workflow'
import { beforeAll, describe, expect, it } from 'vitest'

const folder = fileURLToPath(new URL('.', import.meta.url))
const recorded = readdirSync(folder).filter((name) => name.endsWith('.json'))

interface History {
  events: [{ workflowExecutionStartedEventAttributes: { workflowId: string } }]
}

async function replay(workflowBundle: { code: string }, name: string): Promise<void> {
  const history = JSON.parse(readFileSync(`${folder}${name}`, 'utf8')) as History
  // The ids of a run's cells are made from its own.
  const { workflowId } = history.events[0].workflowExecutionStartedEventAttributes
  await Worker.runReplayHistory({ workflowBundle }, history, workflowId)
}

async function bundle(path: string) {
  const workflowsPath = fileURLToPath(new URL(path, import.meta.url))
  return await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') })
}

beforeAll(() => {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    // The replays that must fail would each be told of by the SDK's core too.
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
  })
})

describe('the workflows as they are', () => {
  let workflowBundle: { code: string }
  beforeAll(async () => {
    workflowBundle = await bundle('../../workflows/index.ts')
  })

  it.each(recorded)('%s', async (name) => {
    await replay(workflowBundle, name)
  })

  it('are all recorded: a run, a night, cells and builds, undisturbed, disturbed and cancelled', () => {
    expect(recorded.toSorted()).toEqual(
      expect.arrayContaining([
        'cancelled-boot.runCell.json',
        'cancelled-boot.runPlan.json',
        'cancelled.buildOnce.json',
        'cancelled.runPlan.json',
        'killed-worker.runCell.json',
        'budget.night.json',
        'plain.night.json',
        'plain.buildOnce.json',
        'plain.runCell.json',
        'plain.runPlan.json',
        // A night of before there was anybody to tell.
        'untold.night.json',
      ]),
    )
  })
})

describe('a replay can fail: workflows that do something else', () => {
  let workflowBundle: { code: string }
  beforeAll(async () => {
    workflowBundle = await bundle('changed-workflows.ts')
  })

  it.each(['plain.runCell.json', 'plain.buildOnce.json'])('%s', async (name) => {
    await expect(replay(workflowBundle, name)).rejects.toThrow(DeterminismViolationError)
  })
})
