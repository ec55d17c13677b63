import type { Checked, PlanFiles } from './check.ts'
import { installed } from './plan.ts'
import { nearest } from '../yaml/did-you-mean.ts'
import { entriesAt, textsAt } from '../yaml/value-at.ts'
import type { Path } from '../yaml/yaml-text.ts'

const isPath = /^[^\u0000-\u001f\u007f]+$/

/** So many lines of a fragment are told that are none: with more, it is another file that was meant. */
const mostLines = 10

/**
 * Files that a plan names must exist, each line of a config fragment must be one that merge_config.sh understands, and
 * each recipe must be one.
 */
export function checkFiles({ yaml: { value: root }, file, files, complain, complainIn }: Checked): void {
  const need = (what: string, text: string, path: Path): { name: string; text: string } | undefined => {
    // What no path can be, the shape says.
    if (!isPath.test(text)) return undefined
    const name = files.resolve(file, text)
    const content = files.read(name)
    if (content !== undefined) return { name, text: content }
    const why = files.whyUnreadable(name)
    if (why !== undefined) complain(path, `the ${what} "${text}" ${why}`, `name a ${what} that is a file`)
    else complain(path, `there is no ${what} "${text}"`, hintFor(files, text, name, what))
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
      for (const patch of textsAt(root, [...path, 'patches'])) {
        // A folder may have mails; what is in it and in files is for reading/check-patches.ts to see.
        const isFolder = isPath.test(patch.text) && files.list(files.resolve(file, patch.text)) !== undefined
        if (!isFolder) need('patch', patch.text, patch.path)
      }
    }
  }
  for (const { value, path } of entriesAt(root, ['stacks'])) {
    if (typeof value !== 'string' || value === installed) continue
    const found = need(recipe, value, path)
    for (const mistake of found === undefined ? [] : files.recipeMistakes(found.name)) complainIn(mistake)
  }
}

const recipe = 'stack recipe'

/** The name that was probably meant; else where the file was looked for. */
function hintFor(files: PlanFiles, text: string, name: string, what: string): string {
  const folder = name.slice(0, name.lastIndexOf('/')) || '/'
  const beside = files.list(folder) ?? []
  const near = nearest(name.slice(folder.length).replace(/^\//, ''), what === recipe ? [...beside, installed] : beside)
  if (near === installed) return `did you mean ${installed}?`
  if (near !== undefined) return `did you mean "${text.replace(/[^/]*$/, near)}"?`
  return `looked for ${name}; paths start at the folder of this file`
}

/**
 * `CONFIG_X=value`, `# CONFIG_X is not set`, comments and blank lines. merge_config.sh (Linux 6.18) passes over anything
 * else without a word.
 */
function badLines(text: string): { line: number; message: string; hint: string }[] {
  const nul = text.indexOf('\0')
  if (nul !== -1) {
    const line = text.slice(0, nul).split('\n').length
    return [{ line, message: 'a NUL stands here, so this is no config fragment', hint: 'name another file' }]
  }
  const bad = text.split(/\r?\n/).flatMap((content, index) => {
    if (/^\s*(#.*)?$/.test(content) || /^\s*CONFIG_\w+=(".*"|[^\s"#]+)\s*(#.*)?$/.test(content)) return []
    const shown = content.length > 40 ? `${content.slice(0, 37)}...` : content
    const hint = 'it would be CONFIG_NAME=value or # CONFIG_NAME is not set'
    return [{ line: index + 1, message: `"${shown}" is no line of a config fragment`, hint }]
  })
  if (bad.length <= mostLines) return bad
  const message = `this is no config fragment: ${bad.length} of its lines are none of one`
  return [{ line: bad[0]!.line, message, hint: bad[0]!.hint }]
}
