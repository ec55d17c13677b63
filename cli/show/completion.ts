import type { CommandNode } from './command-tree.ts'

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

/** A script that a shell reads to complete command lines of hyplab: commands, options and choices, else files. */
export function completionFor(shell: Shell, tree: readonly CommandNode[]): string {
  return { bash, zsh, fish }[shell](tree)
}

/** What may follow a command, without files. */
function wordsAfter({ commands, options, choices }: CommandNode): string[] {
  return [...commands.map(({ word }) => word), ...choices, ...options.flatMap(({ words }) => words)]
}

/** The same in bash and zsh: finds out which command the line has named so far, and sets `words` to what may follow it. */
function byCommand(tree: readonly CommandNode[]): string {
  const cases = tree.map((node) => `    '${node.path.join(' ')}') reply='${wordsAfter(node).join(' ')}' ;;`)
  const paths = tree.filter(({ path }) => path.length > 0).map(({ path }) => `'${path.join(' ')}'`)
  return `_hyplab_reply() {
  local word next at='' reply=''
  for word in "$@"; do
    next="\${at:+$at }$word"
    case "$next" in
      ${paths.join('|')}) at=$next ;;
    esac
  done
  case "$at" in
${cases.join('\n')}
  esac
  printf '%s\\n' "$reply"
}`
}

function bash(tree: readonly CommandNode[]): string {
  return `# Completes hyplab in bash: eval "$(hyplab completion bash)"
${byCommand(tree)}
_hyplab() {
  local cur=\${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=($(compgen -W "$(_hyplab_reply "\${COMP_WORDS[@]:1:COMP_CWORD-1}")" -- "$cur"))
}
complete -o default -F _hyplab hyplab
`
}

function zsh(tree: readonly CommandNode[]): string {
  return `#compdef hyplab
# Completes hyplab in zsh, after compinit: eval "$(hyplab completion zsh)"
${byCommand(tree)}
_hyplab() {
  compadd -- \${=$(_hyplab_reply "\${(@)words[2,CURRENT-1]}")}
  _files
}
compdef _hyplab hyplab
`
}

function fish(tree: readonly CommandNode[]): string {
  const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`
  const lines = tree.flatMap((node) => {
    const [first, second] = node.path
    const seen = (word: string): string => `__fish_seen_subcommand_from ${word}`
    const among = node.commands.map(({ word }) => word).join(' ')
    // An option of a command is one of its own commands, too, until one of them is named.
    const here = first === undefined ? '' : [first, second].flatMap((word) => (word ? [seen(word)] : [])).join('; and ')
    const unnamed = [here, `not ${seen(among)}`].filter((part) => part !== '').join('; and ')
    const on = here === '' ? '' : ` -n ${quoted(here)}`
    return [
      ...node.commands.map(
        ({ word, does }) => `complete -c hyplab -f -n ${quoted(unnamed)} -a ${word} -d ${quoted(does)}`,
      ),
      ...node.choices.map((word) => `complete -c hyplab${on} -a ${word}`),
      ...node.options.map(({ words, takesValue, does }) => {
        const names = words.map((word) => (word.startsWith('--') ? `-l ${word.slice(2)}` : `-s ${word.slice(1)}`))
        return `complete -c hyplab${on} ${names.join(' ')}${takesValue ? ' -r' : ''} -d ${quoted(does)}`
      }),
    ]
  })
  return `# Completes hyplab in fish: hyplab completion fish | source\n${lines.join('\n')}\n`
}
