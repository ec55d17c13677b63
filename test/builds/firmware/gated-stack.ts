import { execFileSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Folders } from '../../../host/folders.ts'
import { writeFiles } from '../source/world.ts'

/** A stack of one small component, compiled for real, whose make can be held before it compiles. */
export interface GatedStack {
  folder: string
  folders: Folders
  /** The recipe's file. */
  recipe: string
  /** Holds the next make at the gate, has something done meanwhile, and lets it go on. */
  atGate: (act: () => void) => Promise<void>
  /** A file or folder of the cache, by a pattern below it. @throws Error when there is not exactly one */
  inCache: (pattern: string) => string
}

const makefile = `all:
	@echo "  CC      first.o"
	@if [ -p $(GATE)/told ]; then echo here >$(GATE)/told; read x <$(GATE)/go; rm -f $(GATE)/told; fi
	$(CC) -c first.c -o $(OUT)/first.o
`

export function gatedStack(files: Record<string, string> = {}): GatedStack {
  const folder = mkdtempSync(join(tmpdir(), 'hyplab-gated-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const recipe = join(folder, 'small.yaml')
  writeFiles(folder, {
    'small.yaml': `title: small
consoles: { uart0: [EL3] }
bl33: 0x60000000
toolchain: [aarch64-linux-gnu-gcc]
components:
  first:
    version: 1
    source: { tree: first }
    arguments: { OUT: '\${out}', CC: aarch64-linux-gnu-gcc, GATE: ${folder} }
    products: { first.o: first.o }
products: { image.bin: '\${first:first.o}' }
`,
    'first/Makefile': makefile,
    'first/first.c': '#include "first.h"\nint a = FIRST;\n',
    'first/first.h': '#define FIRST 1\n',
    ...files,
  })
  const cache = join(folder, 'cache')
  return {
    folder,
    recipe,
    folders: { state: join(folder, 'state'), cache },
    async atGate(act) {
      for (const name of ['told', 'go'])
        if (!existsSync(join(folder, name))) execFileSync('mkfifo', [join(folder, name)])
      await readFile(join(folder, 'told'))
      act()
      await writeFile(join(folder, 'go'), 'on\n')
    },
    inCache(pattern) {
      const [path, ...others] = globSync(pattern, { cwd: cache })
      if (path === undefined || others.length > 0) throw new Error(`${pattern}: ${[path, ...others].join(', ')}`)
      return join(cache, path)
    },
  }
}
