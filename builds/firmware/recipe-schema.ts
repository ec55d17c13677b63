import { z } from 'zod'
import { bootWays, stackServices, usualTpm } from '../../domain/machine-setup.ts'
import { worlds } from '../../domain/world.ts'
import type { Shape } from '../../domain/yaml/shape-errors.ts'
import { map, named, oneOrMore } from '../../domain/yaml/shapes.ts'

// The shape of a stack's recipe file; what its parts mean to each other is checked in recipe.ts. Messages have the form
// `what is wrong; what would be right`, for domain/yaml/shape-errors.ts.

const noControl = /^[^\u0000-\u001f\u007f]*$/
const path = z
  .string()
  .min(1, 'is empty; a path, relative to this file')
  .regex(noControl, 'holds a control character; no path has one')
/** Files of a recipe land in its source trees, and its products come out of its output folders. */
const insidePath = (folder: string) =>
  z
    .string()
    .regex(
      /^(?!.*(^|\/)\.{1,2}(\/|$))[^/\s]+(\/[^/\s]+)*$/,
      `is not a path in ${folder}; relative, without . or .. in it`,
    )
const word = z.string().regex(/^\S+$/, 'is not one word; no blanks here')
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._+-]*$/, 'is not a name; letters, digits and . _ + -')
// YAML reads 40 and 0x40 as numbers; make is given them as they were written.
const text = z.union([z.string().regex(noControl, 'holds a control character; make takes one line'), z.number()])
const variable = z.string().regex(/^[^\s=:#$]+$/, 'is not a variable of make; one word without = : # and $')
const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'is not a sha256; 64 hexadecimal digits in lower case, as sha256sum prints them')

// One map with every key; which keys go together is checked in recipe.ts.
const location = map({
  debian: word.optional(),
  deb: word.optional(),
  version: word.optional(),
  tarball: z
    .string()
    .regex(/^(https?|file):\/\/\S+$/, 'is not an address; https://..., http://... or file:///...')
    .optional(),
  tree: path.optional(),
  git: word.optional(),
  ref: word.optional(),
  newest: z
    .string()
    .regex(/^[\w.*+~:-]+$/, 'is not a pattern; letters, digits and . + ~ : - with * for any text, e.g. "6.12.*"')
    .optional(),
  sha256: sha256.optional(),
})

const component = map({
  version: text,
  source: oneOrMore(location),
  'debian-patches': z.boolean().default(false),
  patches: z.array(path).default([]),
  files: z.record(insidePath('the source tree'), path).default({}),
  arguments: z.record(variable, text).default({}),
  targets: z.array(word).default([]),
  products: named(name, insidePath('the output folder')),
})

const notAnId = 'is no id of a partition; 1 to 0xffff'
const tpm = map({
  banks: z
    .array(z.enum(['sha1', 'sha256', 'sha384', 'sha512']))
    .min(1, 'is an empty list; one bank at least')
    .default(usualTpm.banks as ['sha256']),
  partition: z.int(notAnId).min(1, notAnId).max(0xffff, notAnId).default(usualTpm.partition),
})

const notAnAddress = 'is no address; a whole number without quotes, e.g. 0x60000000'
const address = z.int(notAnAddress).min(0, notAnAddress)

const fvp = map({
  parameters: z.record(
    z.string().regex(/^[A-Za-z_][\w.-]*$/, 'is no name of a parameter; letters, digits and . _ -'),
    z.union([z.string(), z.number(), z.boolean()]),
  ),
  initrd: address,
  'device-tree': map({ from: z.string(), at: address }),
  'fw-cfg': map({ at: address, kernel: address }).optional(),
  acpi: z.array(name).optional(),
  tpm: name.optional(),
})

/** A value, or several of which each will do. */
const needed = oneOrMore(text)
const symbol = z.string().regex(/^(?!CONFIG_)[A-Z0-9_]+$/, {
  error: ({ input }) => {
    const bare = String(input)
      .replace(/^CONFIG_/i, '')
      .toUpperCase()
    return `is not a Kconfig symbol as recipes write it, in capitals and without CONFIG_; ${/^\w+$/.test(bare) ? `did you mean "${bare}"?` : 'capitals, digits and _'}`
  },
})

/** A stack's recipe file, as the user writes it. */
export const recipeFile = map({
  title: z.string(),
  consoles: named(name, z.array(z.enum(worlds)).min(1, 'is an empty list; one world at least')),
  bl33: address,
  boot: z.enum(bootWays).default('kernel'),
  services: z.array(z.enum(stackServices)).default([]),
  tpm: tpm.optional(),
  fvp: fvp.optional(),
  needs: z.record(symbol, needed).default({}),
  toolchain: z.array(word).min(1, 'is an empty list; one tool at least'),
  'python-modules': z.array(word).default([]),
  components: named(name, component),
  products: named(name, z.string()),
})
export type RecipeFile = z.output<typeof recipeFile>
export type RecipeFileLocation = z.output<typeof location>

/** A recipe that is like another but for some arguments and patches. */
export const variantFile = map({
  like: path,
  title: z.string(),
  components: z.record(
    name,
    map({ patches: z.array(path).default([]), arguments: z.record(variable, text).default({}) }),
  ),
})

/** How mistakes in them are told. */
export const recipeShape: Shape = { schema: recipeFile, kind: 'recipe', page: 'docs/stacks.md' }
export const variantShape: Shape = { schema: variantFile, kind: 'recipe', page: 'docs/stacks.md' }
