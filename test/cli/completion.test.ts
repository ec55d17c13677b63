import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandLines } from '../../cli/command-lines.ts'
import { runHyplab } from './run-hyplab.ts'

/** Debian has bash everywhere, the others where somebody wants them. */
function has(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0
}

/** The words that a shell offers behind these, of which the last may be unfinished. */
type Ask = (script: string, words: string[]) => string[]

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '')

const bash: Ask = (script, words) => {
  const ask = 'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); _hyplab; printf "%s\\n" "${COMPREPLY[@]}"'
  return lines(execFileSync('bash', ['--norc', '-c', ask, script, ...words], { encoding: 'utf8' }))
}

const fish: Ask = (script, words) => {
  const ask = `source ${script}; complete -C '${words.join(' ')}'`
  const offered = execFileSync('fish', ['--no-config', '-c', ask], { encoding: 'utf8' })
  return lines(offered).map((line) => line.split('\t')[0]!)
}

/** zsh offers by a widget that needs a terminal: what the function gives to it is what is looked at. */
const zsh: Ask = (script, words) => {
  const ask = `compdef() { }; compadd() { shift; print -rl -- $@ }; _files() { }
    source ${script}; words=("$@"); CURRENT=$#; _hyplab`
  const offered = execFileSync('zsh', ['-f', '-c', ask, 'zsh', ...words], { encoding: 'utf8' })
  return lines(offered).filter((word) => word.startsWith(words.at(-1)!))
}

const scripts: Record<string, string> = {}
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-completion-'))
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { stdout } = await runHyplab(folder, ['completion', shell])
    scripts[shell] = join(folder, `hyplab.${shell}`)
    await writeFile(scripts[shell], `${stdout}\n`)
  }
})

afterAll(() => rm(folder, { recursive: true }))

describe.each([['bash', bash] as const, ['zsh', zsh] as const, ['fish', fish] as const])(
  'completion in %s',
  (shell, ask) => {
    it.runIf(has(shell)).each([
      [['hyplab', 'ru'], ['run']],
      [['hyplab', 'run', '--det'], ['--detach']],
      [['hyplab', 'plan', 'ch'], ['check']],
      [['hyplab', '--json', 'schedule', 'tr'], ['trigger']],
      [['hyplab', 'run', 'plans/first-look.yaml', '--dry'], ['--dry-run']],
    ])('of %j offers %j', (words, offered) => {
      expect(ask(scripts[shell]!, words)).toEqual(offered)
    })

    it.runIf(has(shell))('offers the choices of an argument', () => {
      expect(ask(scripts[shell]!, ['hyplab', 'place', 'rock-1', 'o']).toSorted()).toEqual(['off', 'on'])
    })
  },
)

it('offers every command', () => {
  expect(bash(scripts['bash']!, ['hyplab', ''])).toEqual(
    expect.arrayContaining(commandLines.map(({ usage }) => usage.split(' ')[0]!)),
  )
})

it('refuses a shell that it does not know, and names those that it does', async () => {
  const { code, stderr } = await runHyplab(folder, ['completion', 'csh'])
  expect(code).toBe(2)
  expect(stderr).toContain('bash, zsh, fish')
})

describe('the manual page', () => {
  it('has every command with its arguments', async () => {
    const { stdout } = await runHyplab(folder, ['manual'])
    for (const { usage } of commandLines.filter((line) => line.usage.includes(' '))) {
      const [name, ...rest] = usage.replaceAll('-', '\\-').split(' ')
      expect(stdout).toContain(`\\fBhyplab ${name}\\fR ${rest.join(' ')}`)
    }
  })

  it.runIf(has('man'))('is read by man without a warning', async () => {
    const { stdout } = await runHyplab(folder, ['manual'])
    await writeFile(join(folder, 'hyplab.1'), `${stdout}\n`)
    const env = { ...process.env, LC_ALL: 'C.UTF-8', MANWIDTH: '100', MANPAGER: 'cat' }
    const shown = spawnSync('man', ['--warnings', '-l', join(folder, 'hyplab.1')], { encoding: 'utf8', env })
    expect(shown).toMatchObject({ status: 0, stderr: '' })
    expect(shown.stdout).toContain('hyplab run <plan>')
  })
})
