/**
 * Runs shell commands side by side: `node setup/side-by-side.ts 'tsc --noEmit' 'oxlint --type-aware'`. Each says all that it
 * has to say when it has ended, so that nothing is mixed. Exits with 1 when one of them failed.
 */
import { execa } from 'execa'

const ended = process.argv.slice(2).map(async (command) => {
  const { exitCode, all, durationMs } = await execa(command, { shell: true, all: true, reject: false, stdin: 'ignore' })
  const how = exitCode === 0 ? 'passed' : 'FAILED'
  process.stdout.write(`${command}: ${how} after ${Math.round(durationMs / 1000)} s\n${all === '' ? '' : `${all}\n`}`)
  return exitCode === 0
})
process.exitCode = (await Promise.all(ended)).every(Boolean) ? 0 : 1
