import { z } from 'zod'
import type { LabFact, NotedFact } from './lab-fact.ts'

const said = { at: z.number(), by: z.string(), words: z.string() }

const schema: z.ZodType<LabFact> = z.discriminatedUnion('about', [
  z.object({
    about: z.literal('power'),
    ...said,
    told: z.enum(['on', 'off', 'nothing']),
    says: z.enum(['on', 'off', 'unknown', 'unread', 'broken']),
  }),
  z.object({
    about: z.literal('console'),
    ...said,
    console: z.string(),
    is: z.enum(['attached', 'gap', 'closed', 'broken']),
    bytes: z.int().nonnegative().exactOptional(),
  }),
  z.object({
    about: z.literal('flash'),
    ...said,
    file: z.string().exactOptional(),
    is: z.enum(['written', 'offered', 'loaded', 'unread', 'broken']),
  }),
  z.object({
    about: z.literal('first byte'),
    ...said,
    seconds: z.number().nonnegative().nullable(),
    limit: z.number(),
  }),
  z.object({ about: z.literal('health'), ...said, is: z.enum(['healthy', 'ill']) }),
])

/**
 * Reads an attempt's lab log: text, a fact a line as JSON. A line that is none, as the last one of a log whose writer died may be,
 * is left out; it keeps its number.
 */
export function readLabLog(text: string): NotedFact[] {
  return text.split('\n').flatMap((line, index) => {
    const parsed = schema.safeParse(parse(line))
    return parsed.success ? [{ ...parsed.data, entry: index + 1 }] : []
  })
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
