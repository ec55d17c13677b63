/**
 * `npm run rack`: starts the virtual rack and keeps it until Ctrl-C, so that anyone can try a lab without hardware. Says where
 * the lab's file is and how plans are run on it.
 */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { foldersFrom } from '../../host/folders.ts'
import { startHyplab } from '../e2e/command.ts'
import { builtBl33 } from './built-bl33.ts'
import { firmwareOf } from './firmware-of.ts'
import { writeRackPlan } from './rack-plan.ts'
import { startRack } from './rack.ts'

const say = (text: string): void => void process.stderr.write(`${text}\n`)
const folders = foldersFrom()
const { state } = folders
const folder = await mkdtemp(join(tmpdir(), 'hyplab-rack-'))
try {
  const plan = await writeRackPlan(folder)
  say(
    `building what plans/rack.yaml needs, and the stand-in of an FVP beside it, into ${state} as far as it is not there: some minutes the first time (hyplab watch shows it)`,
  )
  const { code, stderr } = await startHyplab(state, ['build', plan]).ended
  if (code !== 0) throw new Error(`plans/rack.yaml cannot be built: ${stderr}`)
  say(`building the UEFI firmware of board-4 into ${folders.cache} as far as it is not there: some minutes more`)
  const edk2 = await builtBl33('edk2', folders, join(folder, 'edk2.log'))
  const rack = await startRack({ folder, firmware: await firmwareOf(state), edk2 })
  say(`the rack runs: ${Object.keys(rack.boards).join(', ')}, and model-1, a stand-in of an FVP. In another shell:`)
  for (const each of [plan, 'plans/raspi4.yaml']) process.stdout.write(`hyplab run ${each} --lab ${rack.labFile}\n`)
  say(`Ctrl-C ends it; from elsewhere: kill ${process.pid}`)
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  say('ending it')
  await rack.stop().catch((error: Error) => {
    say(`this could not be ended:\n${error.message}`)
    process.exitCode = 1
  })
} finally {
  await rm(folder, { recursive: true, force: true })
}
// What could not be ended may hold this process: with it go the guards of all that it started.
process.exit()
