import { describe, expect, it } from 'vitest'
import { toLatin1 } from '../../domain/bytes/bytes.ts'
import { longestLine } from '../../domain/console/line-reader.ts'
import { ofBytes, ofLine, ofText, seeds } from './hostile-inputs.ts'

/** Bytes of a file. What time they take as they grow, `npm run bench -- hostile` tells. */
const long = 32 * 1024

describe.each(seeds)('bytes that are %s over and over', (_name, seed) => {
  const file = Buffer.alloc(long, seed)
  const line = toLatin1(Buffer.alloc(longestLine, seed))

  it.each(ofBytes)('are read as %s', (_reader, read) => {
    expect(() => read(file)).not.toThrow()
  })

  it.each(ofText)('are read as %s', (_reader, read) => {
    expect(() => read(toLatin1(file))).not.toThrow()
  })

  it.each(ofLine)('are read as %s', (_reader, read) => {
    expect(() => read(line)).not.toThrow()
  })
})
