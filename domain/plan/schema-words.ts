import { z } from 'zod'

// The words that a plan file is made of. Messages have the form `what is wrong; what would be right`.

/** What a name, a path and a command line have none of: a NUL would end it, a line feed begin another. */
export const noControl = /^[^\u0000-\u001f\u007f]*$/

/** A name becomes part of cell ids, and of names of folders, which take 255 bytes. */
const longestName = 100

export const name = z
  .string()
  .max(longestName, {
    error: ({ input }) => `is too long a name (${(input as string).length} characters); ${longestName} at most`,
    abort: true,
  })
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._=+:@-]*$/,
    'is not a name; letters, digits and . _ = + : @ - make a name, as it becomes part of the cell id',
  )
export const path = z
  .string()
  .min(1, 'is empty; a path, relative to this file')
  .regex(noControl, 'holds a control character; no path has one')
export const word = z.string().regex(/^\S+$/, 'is not one word; no blanks here')
export const cmdline = z
  .string()
  .regex(/^[^\r\n]*$/, 'holds a line feed; a kernel command line is one line')
  .regex(/^[^\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f]*$/, 'holds a control character; blanks separate parameters')
