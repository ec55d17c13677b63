import { describe, expect, it } from 'vitest'
import { parseSchedule } from '../../../domain/schedule/parse-schedule.ts'
import { formatError } from '../../../domain/yaml/located-error.ts'
import type { Telling } from '../../../domain/tell/telling.ts'

const parse = (tell: string) =>
  parseSchedule(`plan: p.yaml\ncron: 1 2 * * *\ntell:\n${tell}`, 'n.yaml', 'n', (path) => `/lab/${path}`)

function tellings(tell: string): Telling[] {
  const parsed = parse(tell)
  if (!parsed.ok) throw new Error(parsed.errors.map(formatError).join('\n'))
  return parsed.schedule.tell
}

function mistakes(tell: string): string {
  const parsed = parse(tell)
  return parsed.ok ? '' : parsed.errors.map(formatError).join('\n')
}

describe('who is told', () => {
  it('by mail: of what is new, by the server of this machine, when nothing else is said', () => {
    expect(tellings('- mail: { to: lab@example.org, from: hyplab@example.org }')).toEqual([
      {
        key: 'mail lab@example.org',
        when: 'change',
        every: 0,
        to: {
          kind: 'mail',
          to: ['lab@example.org'],
          from: 'hyplab@example.org',
          smtp: { host: 'localhost', port: 25, encryption: 'none', timeout: 120 },
        },
      },
    ])
  })

  it.each([
    ['{ host: mail.example.org }', { port: 25, encryption: 'starttls' }],
    ['{ host: mail.example.org, encryption: tls }', { port: 465, encryption: 'tls' }],
    ['{ host: mail.example.org, port: 465 }', { port: 465, encryption: 'tls' }],
    [
      '{ host: mail.example.org, login: { user: lab, password: { file: secret } }, ca: ca.pem, timeout: 10 s }',
      {
        port: 587,
        encryption: 'starttls',
        login: { user: 'lab', password: { file: '/lab/secret' } },
        ca: '/lab/ca.pem',
        timeout: 10,
      },
    ],
    ['{ host: 127.0.0.1, port: 2525 }', { port: 2525, encryption: 'none' }],
  ])('through the mail server %s', (smtp, meant) => {
    const [telling] = tellings(`- mail: { to: [b@example.org, a@example.org], from: h@example.org, smtp: ${smtp} }`)
    expect(telling).toMatchObject({ key: 'mail a@example.org, b@example.org', to: { smtp: meant } })
  })

  it('by webhooks and in files, each known by a name without a secret', () => {
    const tell = [
      '- webhook: { url: https://ci.example.org/nights }',
      '- webhook: { url: { env: SLACK_URL }, shape: slack }',
      '  when: always',
      '- webhook: { url: https://matrix.example.org, shape: matrix, room: "!a:example.org", token: { command: [pass, m] } }',
      '- file: nights.jsonl',
      '  when: digest',
      '  every: 7 d',
      '- webhook: { url: { command: [pass, a] }, timeout: 5 s }',
      '- webhook: { url: { command: [pass, b] } }',
    ]
    const told = tellings(tell.join('\n'))
    expect(told.map(({ key, when, every }) => [key, when, every])).toEqual([
      ['json https://ci.example.org/nights', 'change', 0],
      ['slack $SLACK_URL', 'always', 0],
      ['matrix !a:example.org', 'change', 0],
      ['digest, file /lab/nights.jsonl', 'digest', 604_800],
      [expect.stringMatching(/^json pass \([0-9a-f]{8}\)$/), 'change', 0],
      [expect.stringMatching(/^json pass \([0-9a-f]{8}\)$/), 'change', 0],
    ])
    expect(told[2]!.to).toMatchObject({ token: { command: ['pass', 'm'] }, room: '!a:example.org', timeout: 30 })
  })

  it('the same people at once and by a digest', () => {
    const to = 'mail: { to: lab@example.org, from: h@example.org }'
    expect(tellings(`- ${to}\n- ${to}\n  when: digest`).map(({ every }) => every)).toEqual([0, 0])
  })

  it.each([
    [' []', 'n.yaml:4:2: tell is an empty list'],
    ['- when: always', 'n.yaml:4:3: it does not say where to; add mail, webhook or file'],
    ['- mial: { to: a, from: b }', 'n.yaml:4:3: unknown key "mial" in tell[0]; did you mean "mail"?'],
    ['- { file: a, mail: { to: a, from: b } }', 'n.yaml:4:5: "mail" and "file" are two ways for one thing'],
    ['- mail: { to: a }', 'missing key "from" in tell[0].mail'],
    ['- mail: { to: The Lab <a@b>, from: b }', 'n.yaml:4:15: "The Lab <a@b>" is no address of a mailbox'],
    ['- mail: { to: a, from: b, smtp: { hots: c } }', 'did you mean "host"?'],
    ['- mail: { to: a, from: b, smtp: { encryption: ssl } }', 'n.yaml:4:47: '],
    ['- mail: { to: a, from: b, smtp: { login: { user: u, password: sesame } } }', 'is a secret in plain text'],
    [
      '- mail: { to: a, from: b, smtp: { login: { user: u, password: {} } } }',
      'n.yaml:4:53: the password is nowhere; add env, file or command',
    ],
    [
      '- mail: { to: a, from: b, smtp: { host: m, encryption: none, login: { user: u, password: { env: P } } } }',
      'n.yaml:4:56: the password would go to m for all to read; starttls or tls',
    ],
    ['- webhook: { url: ftp://a }', 'n.yaml:4:19: '],
    ['- webhook: { url: https://u:sesame@example.org }', 'n.yaml:4:19: '],
    ['- webhook: { url: https://hooks.example.org/sesame, shape: slack }', 'n.yaml:4:19: whoever reads this address'],
    ['- webhook: { url: { nev: A } }', 'did you mean "env"?'],
    ['- webhook: { url: https://a, token: sesame }', 'is a secret in plain text'],
    ['- webhook: { url: https://a, shape: teams }', 'n.yaml:4:37: '],
    ['- webhook: { url: https://a, shape: matrix }', 'n.yaml:4:3: the room is missing'],
    [
      '- webhook: { url: https://a, shape: matrix, room: "#lab:a", token: { env: T } }',
      'n.yaml:4:51: "#lab:a" is no id of a room; it begins with !',
    ],
    ['- webhook: { url: https://a, room: "!a:a" }', 'n.yaml:4:30: "room" has no meaning for the shape json'],
    ['- { file: a, when: weekly }', 'n.yaml:4:20: '],
    ['- { file: a, every: 7 d }', 'n.yaml:4:14: "every" has no meaning for what is no digest'],
    ['- { file: a, when: digest, every: 7 }', 'n.yaml:4:35: '],
    ['- file: a\n- file: ./a', 'n.yaml:5:3: '],
    ['mail', 'n.yaml:4:1: '],
  ])('%s is refused where the mistake stands, and no secret is shown', (tell, sentence) => {
    const resolved = parseSchedule(`plan: p.yaml\ncron: 1 2 * * *\ntell:\n${tell}`, 'n.yaml', 'n', (path) =>
      path.replace(/^\.\//, ''),
    )
    const said = resolved.ok ? '' : resolved.errors.map(formatError).join('\n')
    expect(said).toContain(sentence)
    expect(said).not.toContain('sesame')
    expect(mistakes(tell)).not.toContain('sesame')
  })
})
