import { z } from 'zod'

// What the schemas of our files are made of. The messages are what shape-errors.ts expects.

/**
 * A map with these keys and no others. The message about unknown keys carries those that would be right.
 * @param bare what is wrong with a text or a number in its place, where that has a name of its own
 */
export function map<Shape extends z.ZodRawShape>(shape: Shape, bare?: string) {
  const keys = Object.keys(shape).join(' ')
  return z.strictObject(shape, {
    error: ({ code, input }) => {
      if (code === 'unrecognized_keys') return keys
      return code === 'invalid_type' && input !== null && typeof input !== 'object' ? bare : undefined
    },
  })
}

/** A map from names to things of one kind, with one entry at least. */
export function named<Key extends z.ZodString, Value extends z.ZodType>(key: Key, value: Value) {
  return z
    .record(key, value)
    .refine((record) => Object.keys(record).length > 0, 'is an empty map; one entry at least')
    .meta({ minProperties: 1 })
}

/** One thing, or a list of them. */
export const oneOrMore = <Schema extends z.ZodType>(one: Schema) =>
  z.union([one, z.array(one).min(1, 'is an empty list; one entry at least')])
