import type { Checked } from './check.ts'
import { installed } from './plan.ts'
import { entriesAt, textsAt } from '../yaml/value-at.ts'
import type { Path } from '../yaml/yaml-text.ts'

/** Files that a plan names must exist, and each line of a config fragment must be one that merge_config.sh understands. */
export function checkFiles({ yaml: { value: root }, file, files, complain, complainIn }: Checked): void {
  const need = (what: string, text: string, path: Path): { name: string; text: string } | undefined => {
    if (text === '') return undefined
    const name = files.resolve(file, text)
    const content = files.read(name)
    if (content !== undefined) return { name, text: content }
    complain(path, `there is no ${what} "${text}"`, `looked for ${name}; paths start at the folder of this file`)
    return undefined
  }
  for (const section of ['kernels', 'configs']) {
    for (const { path } of entriesAt(root, [section])) {
      for (const fragment of textsAt(root, [...path, 'fragments'])) {
        const found = need('config fragment', fragment.text, fragment.path)
        for (const { line, message, hint } of found === undefined ? [] : badLines(found.text)) {
          complainIn({ file: found!.name, line, column: 1, message, hint })
        }
      }
      for (const patch of textsAt(root, [...path, 'patches'])) need('patch', patch.text, patch.path)
    }
  }
  for (const { value, path } of entriesAt(root, ['stacks'])) {
    if (typeof value === 'string' && value !== installed) need('stack recipe', value, path)
  }
}

/**
 * `CONFIG_X=value`, `# CONFIG_X is not set`, comments and blank lines. merge_config.sh (Linux 6.18) passes over anything
 * else without a word.
 */
function badLines(text: string): { line: number; message: string; hint: string }[] {
  return text.split(/\r?\n/).flatMap((content, index) => {
    if (/^\s*(#.*)?$/.test(content) || /^\s*CONFIG_\w+=(".*"|[^\s"#]+)\s*(#.*)?$/.test(content)) return []
    const shown = content.length > 40 ? `${content.slice(0, 37)}...` : content
    const hint = 'it would be CONFIG_NAME=value or # CONFIG_NAME is not set'
    return [{ line: index + 1, message: `"${shown}" is no line of a config fragment`, hint }]
  })
}
