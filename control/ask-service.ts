import { LabError } from '../domain/errors.ts'
import { seeProcess } from '../host/process-identity.ts'
import { ask, type Answer, type Question } from './control-socket.ts'
import { controlSocket, readServiceFacts } from './service-file.ts'

/**
 * Asks the service of a state folder, as `ask` does.
 * @param silence ms without a sign of life after which nobody waits any longer
 * @returns undefined when none runs
 * @throws LabError ServerUnreachable when it is suspended or stuck: which process that is, and how to go on
 */
export async function askService(
  stateFolder: string,
  question: Exclude<Question, 'start' | 'release'>,
  silence?: number,
): Promise<Answer | undefined> {
  try {
    return await ask(controlSocket(stateFolder), question, silence)
  } catch (error) {
    if (!(error instanceof LabError)) throw error
    const facts = await readServiceFacts(stateFolder)
    const seen = facts && seeProcess(facts.pid)
    throw new LabError(error.code, `${error.message.replace(/\.$/, '')}: ${wayOn(seen)}.`, { cause: error })
  }
}

function wayOn(seen: ReturnType<typeof seeProcess>): string {
  if (seen === undefined)
    return 'it starts or ends, and is stuck in that; its log is logs/service.log in the state folder'
  const { pid } = seen
  if (seen.suspended) return `its process ${pid} is suspended, and \`kill -CONT ${pid}\` lets it go on`
  return `its process ${pid} is stuck; \`kill -KILL ${pid}\` ends it, and \`hyplab up\` goes on`
}
