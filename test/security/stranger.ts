import { spawnSync } from 'node:child_process'

/** The uid of `nobody`, in whose name a test knocks. */
export const strangerId = 65_534

type Command = [command: string, args: string[]]

const change = ['setpriv', '--reuid', `${strangerId}`, '--regid', `${strangerId}`, '--clear-groups', '--']

/**
 * Turns a command into one of another user of this host; undefined where this user cannot become another one, which takes
 * root or a sudo that asks nothing: then the tests that need two users are skipped, and what is shown is only the modes
 * of files and sockets. The command's program must be one that everybody can run.
 */
export const asStranger: ((command: string, args: readonly string[]) => Command) | undefined = findWay()

function findWay(): typeof asStranger {
  for (const way of [change, ['sudo', '-n', ...change]]) {
    const [first = '', ...rest] = way
    if (spawnSync(first, [...rest, 'true']).status === 0) return (command, args) => [first, [...rest, command, ...args]]
  }
  return undefined
}
