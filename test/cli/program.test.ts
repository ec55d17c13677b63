import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { expect, it, onTestFinished } from 'vitest'
import { commandLines } from '../../cli/command-lines.ts'
import { completeAll, makeProgram } from '../../cli/program.ts'
import { runHyplab } from './run-hyplab.ts'

const never = (): never => {
  throw new Error('no command runs here')
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hyplab-program-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

function leaves(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves)
}

it('gives every command options of its own only once it is loaded', async () => {
  const program = makeProgram(never)
  const options = (): number => program.commands.flatMap((command) => command.options).length
  expect(options()).toBe(0)
  await completeAll(program, never)
  expect(options()).toBeGreaterThan(40)
})

it('has a description of every command and every option', async () => {
  const program = makeProgram(never)
  await completeAll(program, never)
  for (const command of leaves(program)) {
    expect(command.description(), command.name()).not.toBe('')
    for (const option of command.options) expect(option.description, `${command.name()} ${option.flags}`).not.toBe('')
  }
})

it('lists each command with its arguments in --help', async () => {
  const { code, stdout } = await runHyplab(temporaryFolder(), ['--help'])
  expect(code).toBe(0)
  for (const { usage } of commandLines) expect(stdout).toContain(`\n  ${usage} `)
})

it('tells the options of one command, by help and by --help', async () => {
  const folder = temporaryFolder()
  const asked = await runHyplab(folder, ['help', 'run'])
  const told = await runHyplab(folder, ['run', '--help'])
  expect(asked.stdout).toContain('--hold-on-fail <time>')
  expect(told).toEqual(asked)
})

it('finds the subcommands of a command whose name stands behind options', async () => {
  const { code, stdout } = await runHyplab(temporaryFolder(), ['--no-color', 'plan', 'schema'])
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toHaveProperty('$schema')
})

it('suggests the command that was meant', async () => {
  const { code, stderr } = await runHyplab(temporaryFolder(), ['shwo'])
  expect(code).toBe(2)
  expect(stderr).toContain('Did you mean show?')
})
