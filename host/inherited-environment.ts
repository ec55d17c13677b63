/**
 * What of git's variables says how a server is reached, or where the user's own settings lie. Every other one (GIT_DIR,
 * GIT_WORK_TREE, GIT_INDEX_FILE, GIT_OBJECT_DIRECTORY, GIT_CONFIG_COUNT, ...; `git rev-parse --local-env-vars` lists most)
 * makes git look into another repository than the one whose folder it is given: a hook or an alias of git that starts
 * hyplab sets them.
 */
const keptOfGit =
  /^GIT_(SSH|SSH_COMMAND|SSH_VARIANT|ASKPASS|TERMINAL_PROMPT|PROXY_COMMAND|ALLOW_PROTOCOL|EXEC_PATH|(SSL|HTTP|CURL)_\w+|CONFIG_(GLOBAL|SYSTEM|NOSYSTEM))$/

/** This process's environment as a command of ours inherits it: git in it sees the repository that we name, no other. */
export function inheritedEnvironment(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && (!entry[0].startsWith('GIT_') || keptOfGit.test(entry[0])),
    ),
  )
}
