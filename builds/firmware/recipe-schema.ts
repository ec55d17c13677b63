import { z } from 'zod'

// The shape of a stack's recipe file; what its parts mean to each other is checked in recipe.ts.

const worlds = ['NS', 'EL3', 'S-EL2', 'S-EL1'] as const
const oneOrMore = <Schema extends z.ZodType>(one: Schema) => z.union([one, z.array(one).min(1)])
const path = z.string().min(1)
const word = z.string().regex(/^\S+$/, 'is not one word')
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._+-]*$/, 'is not a name: letters, digits and . _ + -')
// YAML reads 40 and 0x40 as numbers; make is given them as they were written.
const text = z.union([z.string(), z.number()])
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'is not a sha256: 64 hexadecimal digits in lower case')

const location = z.union([
  z.strictObject({ debian: word, version: word, sha256: sha256.optional() }),
  z.strictObject({
    tarball: z.string().regex(/^(https?|file):\/\/\S+$/, 'is not an address'),
    sha256: sha256.optional(),
  }),
  z.strictObject({ tree: path }),
  z.strictObject({ git: word, ref: word }),
])

const component = z.strictObject({
  version: text,
  source: oneOrMore(location),
  'debian-patches': z.boolean().default(false),
  patches: z.array(path).default([]),
  arguments: z.record(z.string(), text).default({}),
  targets: z.array(word).default([]),
  products: z.record(name, path),
})

/** A stack's recipe file, as the user writes it. */
export const recipeFile = z.strictObject({
  title: z.string(),
  consoles: z.record(name, z.array(z.enum(worlds)).min(1)),
  bl33: z.int().nonnegative(),
  toolchain: z.array(word).min(1),
  'python-modules': z.array(word).default([]),
  components: z.record(name, component),
  products: z.record(name, z.string()),
})
export type RecipeFile = z.output<typeof recipeFile>
export type RecipeFileLocation = z.output<typeof location>
