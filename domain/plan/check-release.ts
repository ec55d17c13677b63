import { entriesAt, textAt, textsAt } from '../yaml/value-at.ts'
import type { Checked } from './check.ts'

/**
 * LOCALVERSION becomes a part of the kernel's release, which is a folder's name, a word of shell scripts and a text in C
 * (Linux 6.18: scripts/setlocalversion, the top Makefile's `uts_len` of 64): a quote, a blank or a slash in it ends the
 * build with an error of a tool that names none of them.
 */
export function checkRelease({ yaml: { value: root }, file, files, complain, complainIn }: Checked): void {
  for (const section of ['kernels', 'configs']) {
    for (const { path } of entriesAt(root, [section])) {
      for (const symbol of ['LOCALVERSION', 'CONFIG_LOCALVERSION']) {
        const wrong = wrongWith(textAt(root, [...path, 'symbols', symbol]) ?? '')
        if (wrong !== undefined) complain([...path, 'symbols', symbol], wrong, hint)
      }
      for (const fragment of textsAt(root, [...path, 'fragments'])) {
        const name = files.resolve(file, fragment.text)
        for (const [index, line] of (files.read(name) ?? '').split(/\r?\n/).entries()) {
          const wrong = wrongWith(/^\s*CONFIG_LOCALVERSION=(.*?)\s*$/.exec(line)?.[1] ?? '')
          if (wrong !== undefined) complainIn({ file: name, line: index + 1, column: 1, message: wrong, hint })
        }
      }
    }
  }
}

const hint = 'it would be of letters, digits and . _ + ~ -, e.g. "-mine"'

function wrongWith(value: string): string | undefined {
  const text = /^"(.*)"$/s.exec(value)?.[1] ?? value
  const [bad] = /[^\w.+~-]/.exec(text) ?? []
  if (bad !== undefined) return `LOCALVERSION holds ${JSON.stringify(bad)}, which no kernel release can`
  // With a version before it, e.g. 6.18.5.
  return text.length > 56 ? `LOCALVERSION has ${text.length} characters, and a kernel release 64 at most` : undefined
}
