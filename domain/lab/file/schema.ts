import { z } from 'zod'
import type { Shape } from '../../yaml/shape-errors.ts'
import { map, named } from '../../yaml/shapes.ts'
import { address, isHidden, name, path, port, reference, word } from './schema-parts.ts'
import { pdu } from './schema-pdus.ts'
import { place, placeClass } from './schema-places.ts'

// The shape of a lab's file and nothing else: what it means is in read-*.ts, whether its parts fit is in check-*.ts.

const host = map({
  ssh: map({
    address: address.describe('Where it is.'),
    port: port.default(22).describe('The port of its sshd.'),
    user: word.describe('Who we are there.'),
    key: z
      .union([
        z.enum(['agent'], 'is no key; agent, or { file: PATH }'),
        map({ file: path.describe('The private key, with mode 0600; relative to this file, ~/ is your home.') }),
      ])
      .default('agent')
      .describe('The key that lets us in: agent, or a file.'),
    'host-key': z
      .string()
      .regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'is no fingerprint of a host key; SHA256:..., as ssh-keygen -lf prints it')
      .describe("The host's public key, as ssh-keygen -lf prints it. A host with another one is not spoken to."),
    jump: reference.optional().describe('The host to go through.'),
  }).describe('How it is reached.'),
})

/** A lab's file, as the user writes it. */
export const labFile = map({
  description: z.string().optional().describe('What the lab is, for people.'),
  hosts: z.record(name, host).default({}).describe('Machines that places hang on, beside this one, which is "here".'),
  pdus: z.record(name, pdu).default({}).describe('Things that switch outlets, by name.'),
  classes: named(name, placeClass).describe('What places of one kind have in common, by name.'),
  places: named(name, place).describe('The machines of the lab, by name.'),
})
export type LabFile = z.output<typeof labFile>
export type FileHost = z.output<typeof host>

/** How mistakes in it are told. */
export const labShape: Shape = { schema: labFile, kind: 'lab', page: 'docs/running-a-lab.md', isHidden }

/** @returns the JSON Schema (draft 2020-12) of a lab's file, for editors that complete and check YAML */
export function labJsonSchema(): object {
  const schema = z.toJSONSchema(labFile, { io: 'input', target: 'draft-2020-12' })
  return { title: 'hyplab lab', ...schema }
}
