import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Cell } from '../../domain/cell.ts'
import { putArtifact } from '../../store/artifacts.ts'
import type { AttemptEnd, AttemptKey, AttemptStart } from '../../store/attempt.ts'
import type { Build } from '../../store/builds.ts'
import type { NewRun } from '../../store/runs.ts'
import type { Store } from '../../store/store.ts'

/** 2026-11-22 in epoch milliseconds: the store has no clock of its own, so tests say what time it is. */
export const noon = 1_795_348_800_000

export async function temporaryState(): Promise<string> {
  return await mkdtemp(join(tmpdir(), 'hyplab-store-'))
}

export function sampleCell(mode: string, target = 'qemu'): Cell {
  return {
    id: `linux-6.18.5/ffa=y/optee-sel1/${mode}/${target}`,
    axes: { mode },
    kernel: {
      name: 'linux-6.18.5',
      sources: [{ kind: 'tree', path: '/linux' }],
      patches: [],
      base: 'allnoconfig',
      fragments: ['/stacks/arm64.config'],
      symbols: { ARM_FFA_TRANSPORT: 'y' },
    },
    stack: { name: 'optee-sel1', recipe: '/stacks/optee-sel1.yaml' },
    target: { kind: 'qemu', name: target, cpu: 'max', smp: 2, memory: 2048 },
    cmdline: `kvm-arm.mode=${mode}`,
    modules: [],
    probes: ['pkvm'],
    expectations: [],
    attempts: { count: 1, infra: 2 },
    limits: { silence: 60 },
  }
}

export function sampleRun(cells = 3, workflowId = `run-${Math.random()}`): NewRun {
  return {
    plan: 'first-look',
    planText: 'plan: first-look\n',
    planFile: '/plans/first-look.yaml',
    started: noon,
    workflowId,
    options: { until: 'verdicts', atOnce: 2 },
    cells: Array.from({ length: cells }, (_, index) => sampleCell(`mode${index + 1}`)),
  }
}

export function sampleStart(key: AttemptKey): AttemptStart {
  return { ...key, place: 'qemu-1', fence: 1, folder: '/state/attempts/1', started: noon + 1000 }
}

/** An end with `size` findings and as many artifacts, all kept in the store. */
export async function sampleEnd(store: Pick<Store, 'folder'>, size = 3, salt = ''): Promise<AttemptEnd> {
  const artifacts = []
  const findings: AttemptEnd['findings'] = []
  for (let index = 0; index < size; index++) {
    const bytes = Buffer.from(`console ${index} ${salt}\n`)
    artifacts.push({ name: `console/uart${index}`, world: 'NS' as const, ...(await putArtifact(store, bytes)) })
    const evidence = { kind: 'console' as const, console: 'uart0', from: 10, to: 12, text: 'ARM FF-A: error\n-22' }
    findings.push({
      id: `ffa.check${index}`,
      outcome: 'fail',
      sentence: 'FF-A calls are refused.',
      evidence: [evidence],
      facts: { errno: -22, mode: 'protected', usable: false },
      ...(index === 0 ? {} : { because: 'ffa.check0' }),
    })
  }
  return {
    ended: noon + 21_500,
    stage: 'off',
    ending: 'finished',
    sentence: 'The target powered off after 20.5 s.',
    host: { stop: 'power-off', reason: '', stage: 'off' },
    pace: { silences: { bl1: 0.5, kernel: 2.25 }, stages: { bl1: 0.75, kernel: 5 } },
    artifacts,
    findings,
    judged: { at: noon + 21_600, probes: '1' },
  }
}

export async function sampleBuild(store: Pick<Store, 'folder'>, id: string, bytes = 'Image'): Promise<Build> {
  return {
    id,
    kind: 'kernel',
    name: 'linux-6.18.5',
    inputs: { source: 'abc', symbols: { ARM_FFA_TRANSPORT: 'y' } },
    outcome: 'ok',
    fault: null,
    log: null,
    started: noon,
    seconds: 431.5,
    products: [{ name: 'Image', ...(await putArtifact(store, Buffer.from(bytes))) }],
  }
}

export function failedBuild(id: string, started = noon): Build {
  const fault = { message: "'x' undeclared", file: 'drivers/firmware/arm_ffa/driver.c', line: 12 }
  const build: Omit<Build, 'id'> = {
    kind: 'kernel',
    name: 'linux-6.18.5',
    inputs: {},
    outcome: 'failed',
    fault,
    log: null,
    started,
    seconds: 12,
    products: [],
  }
  return { id, ...build }
}
