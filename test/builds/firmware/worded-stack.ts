import { join } from 'node:path'
import { gatedStack, type GatedStack } from './gated-stack.ts'
import { makeRepository, writeFiles } from '../source/world.ts'

/** The files that the second component of a worded stack is made from, each with one word of its own. */
const saying = (word: string): Record<string, string> => ({
  'second/second.c': `const char source[] = "source-${word}";\nconst char patched[] = "patch-none";\nconst char recipe[] = WORD;\n`,
  'second.patch': [
    '--- a/second.c',
    '+++ b/second.c',
    '@@ -1,3 +1,3 @@',
    ` const char source[] = "source-${word}";`,
    '-const char patched[] = "patch-none";',
    `+const char patched[] = "patch-${word}";`,
    ' const char recipe[] = WORD;',
    '',
  ].join('\n'),
  'added.h': `const char added[] = "added-${word}";\n`,
  'note.h': `const char note[] = "note-${word}";\n`,
  'small.yaml': `title: small
consoles: { uart0: [EL3] }
bl33: 0x60000000
toolchain: [aarch64-linux-gnu-gcc]
components:
  first:
    version: 1
    source: { tree: first }
    arguments: { OUT: '\${out}', CC: aarch64-linux-gnu-gcc, GATE: GATE_FOLDER }
    products: { first.o: first.o }
  second:
    version: 1
    source: { tree: second }
    patches: [second.patch]
    files: { added.h: added.h }
    arguments: { OUT: '\${out}', CC: aarch64-linux-gnu-gcc, NOTE: '\${file:note.h}', WORD: recipe-${word} }
    products: { second.o: second.o }
products: { image.bin: '\${second:second.o}' }
`,
})

const makefile = `all:
	$(CC) -c -include added.h -include $(NOTE) -DWORD='"$(WORD)"' second.c -o $(OUT)/second.o
`

/** Where a word stands in what is made of it. */
export const wordsIn = (image: Buffer): string[] =>
  [...image.toString('latin1').matchAll(/\b(?:source|patch|added|note|recipe)-\w+/g)].map(([word]) => word).toSorted()

export interface WordedStack extends GatedStack {
  /** Writes another word into all that the stack is made from: trees, patch, added file, named file, recipe. */
  say(word: string): void
}

/**
 * A stack of two components, compiled for real. The make of the first can be held; the second's product has a word from each
 * of the files that it is made from. Its tree is a git work tree.
 */
export function wordedStack(word: string): WordedStack {
  const stack = gatedStack()
  const say = (next: string): void => {
    const files = saying(next)
    files['small.yaml'] = files['small.yaml']!.replace('GATE_FOLDER', stack.folder)
    writeFiles(stack.folder, files)
  }
  makeRepository(join(stack.folder, 'second'), { Makefile: makefile })
  say(word)
  return { ...stack, say }
}

/** What each file says. */
export const allSaying = (word: string): string[] =>
  ['added', 'note', 'patch', 'recipe', 'source'].map((from) => `${from}-${word}`)
