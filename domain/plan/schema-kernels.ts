import { z } from 'zod'
import { map, oneOrMore } from '../yaml/shapes.ts'
import { noControl, path, word } from './schema-words.ts'

// The shape of a plan's kernels and of the variants of their config.

const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, {
    error: ({ input }) =>
      `is not a sha256 (${(input as string).length} characters); 64 hexadecimal digits in lower case, as sha256sum prints them`,
  })
  .describe('sha256 of the download. Without it the first download is recorded in a lock file, and said aloud.')

// One map with every key, so that editors complete it; which keys go together is in check-kernels.ts.
const location = map({
  debian: word.optional().describe('Debian source package; its pristine orig tarball is used, without Debian patches.'),
  deb: word
    .optional()
    .describe('Debian binary package that carries a source tarball, e.g. linux-source-7.3: with Debian patches.'),
  version: word.optional().describe('With debian or deb: the exact version of the package, e.g. 6.18.5-1~bpo13+1.'),
  tarball: z
    .string()
    .regex(/^(https?|file):\/\/\S+$/, 'is not an address; https://..., http://... or file:///...')
    .optional()
    .describe('Address of a source tarball.'),
  tree: path.optional().describe('A source tree on this machine. It is only read.'),
  git: word.optional().describe('Address or path of a git repository.'),
  ref: word
    .optional()
    .describe('With git: tag, branch or commit. A run takes the commit that it is when the run begins.'),
  newest: z
    .string('is not a pattern; text in quotes, e.g. "6.12.*" or "v*-rc*"')
    .regex(/^[\w.*+~:-]+$/, 'is not a pattern; letters, digits and . + ~ : - with * for any text, e.g. "6.12.*"')
    .optional()
    .describe(
      'In place of version or ref: the newest version or tag that fits, when a run begins, e.g. "6.12.*" or "v*-rc*".',
    ),
  sha256: sha256.optional(),
})

const symbolName = z.string().regex(/^(?=.*[A-Z0-9])(?!CONFIG_)[A-Za-z0-9_]+$/, {
  error: ({ input }) => {
    const bare = String(input).replace(/^CONFIG_/i, '')
    const meant = /^\w+$/.test(bare)
      ? `did you mean "${bare.toUpperCase()}"?`
      : 'capitals, digits and _, e.g. ARM_FFA_TRANSPORT'
    return `is not a Kconfig symbol as plans write it, in capitals and without CONFIG_; ${meant}`
  },
})
const symbols = z
  .record(
    symbolName,
    z.union(
      [
        z.string().regex(noControl, 'holds a control character; the value of a Kconfig symbol is one line of text'),
        z.int(),
      ],
      'is no value of a Kconfig symbol; y, m, n, a whole number or a text',
    ),
  )
  .describe('Kconfig symbols, without CONFIG_: y, m, n, a number or a text.')
const fragments = z.array(path).describe('Config fragment files, merged in this order.')

export const kernel = map({
  source: oneOrMore(location).describe('Where the source comes from; several locations are tried in order.'),
  base: z
    .string()
    .regex(
      /^([a-z0-9_]+_)?(defconfig|allnoconfig|allmodconfig|allyesconfig|tinyconfig)$/,
      'is not a base; allnoconfig, tinyconfig, defconfig or NAME_defconfig',
    )
    .default('defconfig')
    .describe('The make target that gives the config to start from.'),
  fragments: fragments.default([]),
  symbols: symbols
    .default({})
    .describe('Kconfig symbols over the fragments, without CONFIG_: y, m, n, a number or a text.'),
  patches: z
    .array(path)
    .default([])
    .describe(
      'Patches, applied in this order with patch -p1: diffs, mails, mailboxes (.gz, too), folders of mails. Of a thread the newest version of its series is applied.',
    ),
  fuzz: z
    .int()
    .min(0)
    .max(2)
    .default(0)
    .describe("Lines of context at either end of a patch's hunk that need not be those of the source; 0, 1 or 2."),
})

export const config = map({
  symbols: symbols.default({}),
  fragments: fragments.default([]).describe("Config fragment files, merged after the kernel's own."),
  modules: z
    .array(
      z.string().regex(/^[A-Za-z0-9_-]+$/, 'is not a module name; as in the build, without folder and without .ko'),
    )
    .default([])
    .describe('Modules that init loads, in this order, without .ko.'),
})
