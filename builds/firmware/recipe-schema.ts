import { z } from 'zod'
import { bootWays, stackServices, usualTpm } from '../../domain/machine-setup.ts'
import { worlds } from '../../domain/world.ts'

// The shape of a stack's recipe file; what its parts mean to each other is checked in recipe.ts.

/** A map with these keys and no others; its complaint about another carries the keys that would be right. */
function map<Shape extends z.ZodRawShape>(shape: Shape) {
  const keys = Object.keys(shape).join(' ')
  return z.strictObject(shape, { error: (issue) => (issue.code === 'unrecognized_keys' ? keys : undefined) })
}

const oneOrMore = <Schema extends z.ZodType>(one: Schema) => z.union([one, z.array(one).min(1)])
const path = z.string().min(1)
/** A path inside a source tree: files of a recipe land nowhere else. */
const treePath = z
  .string()
  .regex(
    /^(?!.*(^|\/)\.{1,2}(\/|$))[^/\s]+(\/[^/\s]+)*$/,
    'is not a path in the source tree: relative, without . or .. in it',
  )
const word = z.string().regex(/^\S+$/, 'is not one word')
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._+-]*$/, 'is not a name: letters, digits and . _ + -')
// YAML reads 40 and 0x40 as numbers; make is given them as they were written.
const text = z.union([z.string(), z.number()])
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'is not a sha256: 64 hexadecimal digits in lower case')

// One map with every key; which keys go together is checked in recipe.ts.
const location = map({
  debian: word.optional(),
  deb: word.optional(),
  version: word.optional(),
  tarball: z
    .string()
    .regex(/^(https?|file):\/\/\S+$/, 'is not an address')
    .optional(),
  tree: path.optional(),
  git: word.optional(),
  ref: word.optional(),
  newest: z
    .string()
    .regex(/^[\w.*+~:-]+$/, 'is not a pattern')
    .optional(),
  sha256: sha256.optional(),
})

const component = map({
  version: text,
  source: oneOrMore(location),
  'debian-patches': z.boolean().default(false),
  patches: z.array(path).default([]),
  files: z.record(treePath, path).default({}),
  arguments: z.record(z.string(), text).default({}),
  targets: z.array(word).default([]),
  products: z.record(name, path),
})

const tpm = map({
  banks: z
    .array(z.enum(['sha1', 'sha256', 'sha384', 'sha512']))
    .min(1)
    .default(usualTpm.banks as ['sha256']),
  partition: z.int().min(1).max(0xffff).default(usualTpm.partition),
})

const address = z.int().nonnegative()

const fvp = map({
  parameters: z.record(
    z.string().regex(/^[A-Za-z_][\w.-]*$/, 'is no name of a parameter'),
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

/** A stack's recipe file, as the user writes it. */
export const recipeFile = map({
  title: z.string(),
  consoles: z.record(name, z.array(z.enum(worlds)).min(1)),
  bl33: address,
  boot: z.enum(bootWays).default('kernel'),
  services: z.array(z.enum(stackServices)).default([]),
  tpm: tpm.optional(),
  fvp: fvp.optional(),
  needs: z.record(z.string().regex(/^[A-Z0-9_]+$/, 'is no Kconfig symbol without CONFIG_'), needed).default({}),
  toolchain: z.array(word).min(1),
  'python-modules': z.array(word).default([]),
  components: z.record(name, component),
  products: z.record(name, z.string()),
})
export type RecipeFile = z.output<typeof recipeFile>
export type RecipeFileLocation = z.output<typeof location>

/** A recipe that is like another but for some arguments and patches. */
export const variantFile = map({
  like: path,
  title: z.string(),
  components: z.record(
    name,
    map({ patches: z.array(path).default([]), arguments: z.record(z.string(), text).default({}) }),
  ),
})
