import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BuildContext, BuildProgress } from '../../../builds/build.ts'
import { buildEnvironment, requireTools, toolVersion } from '../../../builds/make/build-environment.ts'
import { runMake, type MakeRun } from '../../../builds/make/make.ts'

let folder: string
let progress: BuildProgress[]
let controller: AbortController
let context: BuildContext

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-make-'))
  progress = []
  controller = new AbortController()
  context = {
    folders: { state: folder, cache: folder },
    signal: controller.signal,
    progress: (one) => progress.push(one),
    logFile: join(folder, 'build.log'),
    jobs: 2,
  }
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function makefile(text: string): Promise<MakeRun> {
  await writeFile(join(folder, 'Makefile'), text.replaceAll(/^ {4}/gm, '\t'))
  return {
    folder,
    args: ['all'],
    environment: buildEnvironment(context.folders, 0),
    lockFile: join(folder, 'make.lock'),
    phase: 'compile',
    history: { folder, kind: 'test' },
    roots: [folder],
  }
}

const threeSteps = `
all: c
b: a
c: b
a b c:
    @printf '  CC      %s\\n' $@.o
`

test('counts steps, and expects of the next build what this one took', async () => {
  const run = await makefile(threeSteps)
  expect(await runMake(run, context)).toMatchObject({ ok: true, steps: 3 })
  expect(progress.every((one) => one.expected === undefined)).toBe(true)
  progress.length = 0
  await runMake(run, context)
  expect(progress.at(-1)).toMatchObject({ phase: 'compile', done: 3, expected: 3, etaSeconds: 0 })
  expect(await readFile(context.logFile, 'utf8')).toBe(
    '$ make -j2 all\n  CC      a.o\n  CC      b.o\n  CC      c.o\n'.repeat(2),
  )
})

test('errors stay in order among the steps, and the first one is the fault', async () => {
  const source = join(folder, 'x.c')
  await writeFile(source, 'int f(void) { return nothing; }\n')
  const run = await makefile(`
all:
    @echo '  CC      x.o'
    @gcc -c ${source} -o x.o
`)
  expect(await runMake(run, context)).toEqual({
    ok: false,
    fault: { message: expect.stringContaining("'nothing' undeclared") as string, file: 'x.c', line: 1 },
  })
  const log = await readFile(context.logFile, 'utf8')
  expect(log.indexOf('CC      x.o')).toBeLessThan(log.indexOf('error:'))
})

/** A build of several processes, one of which ignores what can be ignored, that says when all of them run. */
const stubborn = `
all: a b
a:
    @echo $$$$ > a.pid; (trap '' TERM INT HUP; while :; do sleep 600; done)
b:
    @echo $$$$ > b.pid; (sleep 600; true) & echo '  CC      b.o'; wait
`

/** The processes of `stubborn` that still run; a dead one that nobody has collected yet does not. */
async function survivors(): Promise<string[]> {
  const pids = await Promise.all(
    ['a', 'b'].map((name) => readFile(join(folder, `${name}.pid`), 'utf8').catch(() => '')),
  )
  const { stdout } = await execa('ps', ['-eo', 'pid=,ppid=,stat=,args='])
  return stdout.split('\n').filter((line) => {
    const [pid = '', parent = '', state = ''] = line.trim().split(/\s+/)
    return !state.startsWith('Z') && pids.some((one) => one.trim() === pid || one.trim() === parent)
  })
}

test('cancelling kills every process of make and throws the reason', async () => {
  const run = await makefile(stubborn)
  context.progress = ({ done }) => {
    if (done > 0) controller.abort(new Error('cancelled by a user'))
  }
  await expect(runMake(run, context)).rejects.toThrow('cancelled by a user')
  // Every process of the build holds the lock: nobody does any more.
  await execa('flock', ['--nonblock', run.lockFile, 'true'])
  expect(await survivors()).toEqual([])
})

test('what a killed compiler leaves goes with it, and the next one finds an empty folder of its own', async () => {
  const run = await makefile(
    'all:\n\t@ls -A "$$TMPDIR"; echo part > "$$TMPDIR/cc.s"; echo \'  CC      x.o\'; sleep 600\n',
  )
  context.progress = ({ done }) => {
    if (done > 0) controller.abort(new Error('cancelled by a user'))
  }
  await expect(runMake(run, context)).rejects.toThrow('cancelled by a user')
  expect(existsSync(`${run.lockFile}.tmp`)).toBe(false)
  // Left by one whose owner was killed, too.
  await mkdir(`${run.lockFile}.tmp`)
  await writeFile(`${run.lockFile}.tmp/old.s`, '')
  await makefile('all:\n\t@ls -A "$$TMPDIR"; echo part > "$$TMPDIR/cc.s"\n')
  const next = { ...context, signal: new AbortController().signal, progress: () => undefined }
  expect(await runMake(run, next)).toMatchObject({ ok: true })
  expect(await readFile(context.logFile, 'utf8')).not.toContain('old.s')
  expect(existsSync(`${run.lockFile}.tmp`)).toBe(false)
})

test('a build does not outlive an owner that was killed with -9, and the next one waits for its last process', async () => {
  const run = await makefile(stubborn)
  const script = `
    import { runMake } from ${JSON.stringify(join(import.meta.dirname, '../../../builds/make/make.ts'))}
    await runMake(${JSON.stringify(run)}, {
      folders: { state: '', cache: '' }, signal: new AbortController().signal, logFile: ${JSON.stringify(context.logFile)}, jobs: 2,
      progress: ({ done }) => { if (done > 0) console.log('running') },
    })
  `
  const owner = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(owner.stdout, 'data')
  await expect(execa('flock', ['--nonblock', run.lockFile, 'true'])).rejects.toThrow()
  expect(await survivors()).not.toEqual([])
  owner.kill('SIGKILL')
  expect(await runMake(await makefile(threeSteps), context)).toMatchObject({ ok: true })
  expect(await survivors()).toEqual([])
})

test('a make that somebody else killed may be tried again', async () => {
  const run = await makefile('all:\n    @kill -9 0\n')
  await expect(runMake(run, context)).rejects.toMatchObject({ code: 'BuildFailed', retryable: true })
})

test('a full disk and a missing tool are one sentence each', async () => {
  const full = await makefile("all:\n    @echo 'as: can not write x.o: No space left on device'; false\n")
  await expect(runMake(full, context)).rejects.toMatchObject({ code: 'DiskFull', retryable: false })
  await expect(runMake(full, { ...context, logFile: '/dev/full' })).rejects.toMatchObject({ code: 'DiskFull' })
  expect(() => requireTools(['make', 'no-such-tool', 'flex'])).toThrow(
    'The build needs no-such-tool, which is not in /usr/bin:/usr/sbin:/bin:/sbin: run `npm start`, or as root `apt-get install no-such-tool`.',
  )
  await expect(toolVersion('no-such-tool')).rejects.toMatchObject({ code: 'ToolMissing' })
  expect(await toolVersion('make')).toMatch(/^GNU Make \d/)
  // Says its maker first, and knows no --version.
  expect(await toolVersion('iasl')).toMatch(/^ASL\+ .* version \d+$/)
})

test('the environment of a build has nothing of the user', () => {
  const names = Object.keys(buildEnvironment(context.folders, 5)).filter((name) => name !== 'TMPDIR')
  expect(names).not.toContain('MAKEFLAGS')
  expect(buildEnvironment(context.folders, 5)).toMatchObject({
    PATH: '/usr/bin:/usr/sbin:/bin:/sbin',
    SOURCE_DATE_EPOCH: '5',
  })
})
