import { z } from 'zod'
import { suggest } from '../../yaml/did-you-mean.ts'
import { map, oneOrMore } from '../../yaml/shapes.ts'
import { textOf } from '../../yaml/value-at.ts'
import { httpProfileNames, snmpProfileNames } from '../profile-names.ts'
import { address, community, duration, port, reference, secret, url, word, words } from './schema-parts.ts'

// One map with every key, so that editors complete it; which keys go together is in check-pdus.ts.

/** The name of a make, of those that are known. */
const knownProfile = <Names extends readonly string[]>(what: string, names: Names) =>
  z.enum(names, { error: ({ input }) => `is no ${what} profile; ${suggest(textOf(input) ?? '', names)}` })

const oid = z
  .string()
  .regex(
    /^\.?(\d+\.)+\{outlet\}(\.\d+)*$/,
    'is no OID with {outlet} in it; e.g. 1.3.6.1.4.1.318.1.1.4.4.2.1.3.{outlet}, in quotes',
  )
const readings = oneOrMore(z.int())

const snmpProfile = map({
  set: z
    .union([
      oid,
      map({ on: oid.describe('The OID that switches on.'), off: oid.describe('The OID that switches off.') }),
    ])
    .describe('The OID that switches, or one for each direction; {outlet} in it stands for the outlet.'),
  on: z.int().describe('The value that switches on.'),
  off: z.int().describe('The value that switches off.'),
  get: oid.describe('The OID that says the state; {outlet} in it stands for the outlet.'),
  'reads-on': readings.optional().describe('What it says when on; the value that switches on when left out.'),
  'reads-off': readings.optional().describe('What it says when off; the value that switches off when left out.'),
})

const authProtocols = ['md5', 'sha', 'sha256', 'sha512'] as const

const snmp = map({
  address: address.describe('Where it is.'),
  port: port.default(161).describe('Its UDP port.'),
  version: z
    .union([z.string(), z.number()])
    .refine((version) => ['1', '2c', '3'].includes(String(version)), 'is no version of SNMP; 1, 2c or 3')
    .default('2c')
    .meta({ enum: ['1', '2c', '3', 1, 3] })
    .describe('The version of SNMP: 1, 2c or 3.'),
  community: community.optional().describe('With 1 and 2c: the community that may switch.'),
  user: word.optional().describe('With 3: the user.'),
  auth: map({
    protocol: z.enum(authProtocols).default('sha').describe('How its messages are signed.'),
    key: secret.describe('The pass phrase.'),
  })
    .optional()
    .describe('With 3: authentication.'),
  privacy: map({
    protocol: z.enum(['des', 'aes']).default('aes').describe('How its messages are encrypted.'),
    key: secret.describe('The pass phrase.'),
  })
    .optional()
    .describe('With 3: encryption.'),
  profile: z
    .union([knownProfile('SNMP', snmpProfileNames), snmpProfile])
    .describe('The make of the PDU by name, or its OIDs.'),
})

const requestShape = {
  method: z.enum(['GET', 'POST']).default('GET').describe('The method.'),
  path: z
    .string()
    .regex(/^\/\S*$/, 'is no path of a web server; it would start with / and have no blanks')
    .describe('The path and query; {outlet} in it stands for the outlet.'),
  body: z.record(z.string(), z.unknown()).optional().describe('What is sent, as JSON.'),
}
const answers = oneOrMore(z.union([z.string(), z.number(), z.boolean()]))

const httpProfile = map({
  unasked: z
    .boolean()
    .optional()
    .describe('Whether the password goes with every request (Basic), for a make that does not ask for it.'),
  on: map(requestShape).describe('The request that switches on.'),
  off: map(requestShape).describe('The request that switches off.'),
  state: map({
    ...requestShape,
    json: oneOrMore(z.string().min(1, 'is empty; keys with dots between, e.g. relays.0.ison')).describe(
      'Where the state is in the JSON answer: keys with dots between; {outlet} may be in it. Of several, the first there is.',
    ),
    on: answers.describe('What stands there when on.'),
    off: answers.describe('What stands there when off.'),
  }).describe('The request that asks for the state.'),
})

const http = map({
  url: url.describe('Its root, e.g. http://10.0.0.7.'),
  profile: z
    .union([knownProfile('HTTP', httpProfileNames), httpProfile])
    .describe('The make of the plug by name, or its requests.'),
  login: map({ user: word.describe('The user.'), password: secret.describe('The password.') })
    .optional()
    .describe('Who it must be told that we are.'),
})

const pdudaemon = map({
  url: url.default('http://localhost:16421').describe('Its HTTP listener.'),
  pdu: word.describe("The PDU's name in its configuration."),
})

const command = map({
  host: reference.default('here').describe('Where the commands run.'),
  on: words.describe('The command that switches on, as a list of words; {outlet} in them stands for the outlet.'),
  off: words.describe('The command that switches off.'),
  state: map({
    run: words.describe('The command that asks for the state.'),
    on: z.string().min(1, 'is empty; a regular expression').describe('What it prints when on: a regular expression.'),
    off: z.string().min(1, 'is empty; a regular expression').describe('What it prints when off: a regular expression.'),
  })
    .optional()
    .describe('How it is asked for the state. What neither pattern fits is a fault.'),
})

/** A thing that switches outlets, as the file has it. */
export const pdu = map({
  snmp: snmp.optional().describe('A PDU that speaks SNMP.'),
  http: http.optional().describe('A plug or PDU that is switched by HTTP requests.'),
  pdudaemon: pdudaemon.optional().describe('A PDU behind pdudaemon.'),
  command: command.optional().describe('A PDU that a command switches.'),
  spacing: duration
    .default('500 ms')
    .describe('The time between two outlets that are switched on, so that their inrush does not add up.'),
})

export type FilePdu = z.output<typeof pdu>
