import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

const init = fileURLToPath(new URL('../../guest/init', import.meta.url))
const main = fileURLToPath(new URL('harness.c', import.meta.url))
/** They make and use what only a target has, or are the target's own `main` and `say`. */
const onlyOnTarget = ['main.c', 'say.c', 'log-clock.c', 'mounts.c', 'power.c', 'printk.c']

/** The session of `guest/init`, compiled for this host with the sanitizers on, and a folder to play in. */
export interface Harness {
  folder: string
  /**
   * Starts it with these instructions; its standard input and output are the record channel.
   * @param log the kernel's log, as syslog(2) gives it; without it the session is not about one
   */
  start(instructions: string, log?: Uint8Array): Promise<ChildProcess>
  remove(): Promise<void>
}

export async function buildHarness(): Promise<Harness> {
  const folder = await mkdtemp(join(tmpdir(), 'hyplab-guest-'))
  const program = join(folder, 'session')
  const sources = (await readdir(init)).filter((name) => name.endsWith('.c') && !onlyOnTarget.includes(name))
  const flags = ['-std=gnu11', '-D_GNU_SOURCE', '-g', '-Wall', '-Wextra', '-Werror', '-DHYPLAB_INIT_ID="test"']
  const sanitizers = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all']
  await execa('gcc', [...flags, ...sanitizers, `-I${init}`, '-o', program, main, ...sources], { cwd: init })
  const started: ChildProcess[] = []
  return {
    folder,
    start: async (instructions, log) => {
      const file = join(folder, `instructions-${started.length}`)
      await writeFile(file, instructions)
      const logFile = `${file}.log`
      if (log) await writeFile(logFile, log)
      const env = { ...process.env, ASAN_OPTIONS: 'detect_leaks=0' }
      const child = spawn(program, [file, ...(log ? [logFile] : [])], { stdio: ['pipe', 'pipe', 'pipe'], env })
      // A session that has ended does not read what we still say.
      child.stdin.on('error', () => undefined)
      started.push(child)
      return child
    },
    remove: async () => {
      for (const child of started) {
        if (child.exitCode === null && child.signalCode === null) {
          child.kill('SIGKILL')
          await once(child, 'exit')
        }
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}
