import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildTpmService, type TpmService } from './tpm-service.ts'

let service: TpmService
let second: TpmService
beforeAll(async () => {
  service = await buildTpmService(false)
  second = await buildTpmService(true)
}, 60_000)
afterAll(async () => {
  await service.remove()
  await second.remove()
})

const version = '0xf000001'
const feature = '0xf000101'
const start = '0xf000201'
const manage = '0x1f000001'
const status = {
  ok: '0x5000001',
  results: '0x5000002',
  nofunc: '0x8e000001',
  notsup: '0x8e000002',
  invarg: '0x8e000005',
  control: '0x8e000006',
  already: '0x8e000009',
  denied: '0x8e00000a',
  nomem: '0x8e00000b',
}
/** What the service answers a caller with id 0 who sends FFA_MSG_SEND_DIRECT_REQ_64. */
const answer = (word: string, more = '0'): string => `0xc4000070 0x80020000 0 ${word} ${more}`
const call = (fn: string, a = '0', b = '0', ids = '0x8002'): string => `call 64 ${ids} 0 ${fn} ${a} ${b}`
const command = (locality: number): string => call(start, '0', String(locality))
const request = (locality: number, control = 1): string[] => [
  `write ${locality} 8 ${control}`,
  call(start, '1', String(locality)),
]
/** TPM2_GetRandom(8). */
const getRandom = '80010000000c0000017b0008'

/** The answers to the last `count` lines. */
async function last(count: number, lines: string[], which = service): Promise<string[]> {
  return (await which.tell(lines)).slice(-count)
}

describe('functions of the TPM service', () => {
  it.each([
    ['its version', version, '0', answer(status.results, '0x10000')],
    ['notifications', feature, '0xfea70000', answer(status.notsup)],
    ['a feature that there is not', feature, '0xffffffff', answer(status.invarg)],
    ['register for notification', '0xf000301', '0', answer(status.notsup)],
    ['unregister', '0xf000401', '0', answer(status.notsup)],
    ['finish notified', '0xf000501', '0', answer(status.notsup)],
    ['a function that there is not', '0xf00ffff', '0', answer(status.nofunc)],
    ['garbage above a function id', '0x10f000001', '0', answer(status.nofunc)],
  ])('answers %s', async (_, fn, argument, expected) => {
    expect(await last(1, [call(fn, argument)])).toEqual([expected])
  })

  it('reads only the lower halves of a 32-bit request, and answers in kind', async () => {
    expect(await last(1, ['call 32 0x8002 0 0xffffffff0f000001 0 0'])).toEqual([
      '0x84000070 0x80020000 0 0x5000002 0x10000',
    ])
  })

  it('answers the second kind of request by the second kind of answer, and says so among its properties', async () => {
    expect(await last(1, [`call 2 0x8002 0xaf4f0618a462b817 ${version} 0 0`], second)).toEqual([
      '0xc400008e 0x80020000 0 0x5000002 0x10000',
    ])
    expect((await second.tell([]))[0]).toBe('properties 0x301')
    expect((await service.tell([]))[0]).toBe('properties 0x101')
  })

  it('is not there on a machine without a TPM, which is never touched', async () => {
    expect(await service.tell([], { tpm: false })).toEqual(['no service'])
  })

  it('refuses framework messages and whatever else is in w2', async () => {
    expect(await last(1, [`call 64 0x8002 0x80000008 ${version} 0 0`])).toEqual(['0x84000060 0 -2 0 0'])
  })

  it('tells who comes while another is served that it is busy', async () => {
    expect(await last(2, ['busy 1', call(version), 'busy 0', call(version)])).toEqual([
      'ok',
      answer(status.results, '0x10000'),
    ])
    expect(await last(1, ['busy 1', call(version)])).toEqual(['0x84000060 0 -4 0 0'])
  })
})

describe('localities', () => {
  it.each([
    ['a locality that there is not', '0', '5', status.invarg],
    ['bits above the locality', '1', '0x100000000', status.invarg],
    ['a qualifier that there is not', '2', '0', status.invarg],
    ['bits above the qualifier', '0x100', '0', status.invarg],
    ['locality 4, which is not for the normal world', '1', '4', status.denied],
  ])('refuses %s', async (_, qualifier, locality, expected) => {
    expect(await last(1, [call(start, qualifier, locality)])).toEqual([answer(expected)])
  })

  it('grants one that is free, shows it in all pages, and takes it back', async () => {
    expect(await last(4, [...request(2), 'read 2 c', 'read 0 0', 'read 2 8'])).toEqual([
      answer(status.ok),
      '0x1',
      '0x8a',
      '0',
    ])
    expect(await last(3, [...request(2), ...request(2, 2), 'read 2 c', 'read 0 0'])).toEqual([
      answer(status.ok),
      '0',
      '0x80',
    ])
  })

  it('lets one wait until the other gives up, the highest first', async () => {
    const lines = [...request(0), ...request(1), ...request(3), 'read 3 c', ...request(0, 2), 'read 1 c', 'read 3 c']
    expect(await last(2, lines)).toEqual(['0', '0x1'])
    expect((await service.tell(lines)).at(-5)).toBe('0')
  })

  it('lets a higher one seize it, never a lower or an equal one', async () => {
    expect(await last(3, [...request(1), ...request(2, 4), 'read 2 c', 'read 1 c', 'read 0 0'])).toEqual([
      '0x1',
      '0x2',
      '0x8a',
    ])
    expect(await last(1, [...request(2), ...request(1, 4), 'read 2 c'])).toEqual(['0x1'])
  })

  it('come with a control area as new, whatever was left in it', async () => {
    const left = ['write 0 4c ffffffff', 'write 0 40 3', 'write 0 58 0', ...request(0), 'write 0 40 1', command(0)]
    expect(await last(1, left)).toEqual([answer(status.ok)])
    const taken = [...request(0), ...request(2), 'write 2 4c 7', ...request(0, 2), 'read 2 c', 'read 2 4c']
    expect(await last(2, taken)).toEqual(['0x1', '0'])
  })

  it('does nothing for nothing, prefers a request to a relinquishment, and refuses unknown bits', async () => {
    expect(await last(2, [...request(0, 0), 'read 0 c'])).toEqual([answer(status.ok), '0'])
    expect(await last(2, [...request(0, 3), 'read 0 c'])).toEqual([answer(status.ok), '0x1'])
    expect(await last(2, [...request(0, 0x10), 'read 0 8'])).toEqual([answer(status.control), '0'])
  })

  it('are opened and closed by the secure world alone', async () => {
    const trusted = (operation: string, locality: string) => call(manage, operation, locality, '0xffff8002')
    expect(await last(1, [call(manage, '1', '0')])).toEqual([answer(status.denied)])
    const of = (word: string) => `0xc4000070 0x8002ffff 0 ${word} 0`
    expect(await last(1, [trusted('0', '0')])).toEqual([of(status.already)])
    expect(await last(1, [trusted('2', '0')])).toEqual([of(status.invarg)])
    expect(await last(1, [trusted('1', '5')])).toEqual([of(status.invarg)])
    expect(await last(1, [trusted('0', '4')])).toEqual([of(status.denied)])
    const closed = [...request(0), trusted('1', '0'), 'read 0 c', command(0)]
    expect(await last(3, closed)).toEqual([of(status.ok), '0', answer(status.denied)])
    expect(await last(1, [...closed, trusted('0', '0'), ...request(0)])).toEqual([answer(status.ok)])
  })
})

describe('commands', () => {
  const run = (hex = getRandom, ...before: string[]) => [
    ...request(0),
    `command 0 ${hex}`,
    ...before,
    'write 0 4c 1',
    command(0),
  ]

  it('reach the TPM in their locality, and the answer stands where they stood', async () => {
    const lines = [
      ...request(3),
      `command 3 ${getRandom}`,
      'write 3 40 1',
      command(3),
      'read 3 44',
      'write 3 4c 1',
      command(3),
    ]
    expect(await last(4, [...lines, 'answer 3 10', 'read 3 4c', 'sent'])).toEqual([
      answer(status.ok),
      '80010000000a00000000',
      '0',
      '2 3',
    ])
    expect((await service.tell(lines)).at(-3)).toBe('0')
  })

  it('go idle and get ready as they are told', async () => {
    expect(await last(1, [...request(0), 'read 0 44'])).toEqual(['0x2'])
    expect(await last(1, [...run(), 'read 0 44'])).toEqual(['0'])
    expect(await last(1, [...run(), 'write 0 40 2', command(0), 'read 0 44'])).toEqual(['0x2'])
  })

  it('are not run without the locality or without being started, and nothing changes', async () => {
    expect(await last(3, [`command 0 ${getRandom}`, 'write 0 4c 1', command(0), 'read 0 4c', 'sent'])).toEqual([
      answer(status.ok),
      '0x1',
      '1 0',
    ])
    expect(await last(2, [...request(0), `command 0 ${getRandom}`, command(0), 'sent'])).toEqual([
      answer(status.ok),
      '1 0',
    ])
  })

  it.each([
    ['a size of nothing', '8001000000000000017b0008'],
    ['a size below the header', '8001000000090000017b0008'],
    ['a size one above the buffer', '800100000f810000017b0008'],
    ['the largest size', '8001ffffffff0000017b0008'],
  ])('are refused with %s, and never reach the TPM', async (_, hex) => {
    expect(await last(2, [...run(hex), 'sent'])).toEqual([answer(status.control), '1 0'])
  })

  it('may be as long as the buffer', async () => {
    expect(await last(2, [...run('800100000f800000017b0008'), 'sent'])).toEqual([answer(status.ok), '2 0'])
  })

  it.each([
    ['another command size', 'write 0 58 10000'],
    ['another command buffer', 'write 0 5c e100000'],
    ['a command buffer above 4 GiB', 'write 0 60 1'],
    ['another answer size', 'write 0 64 ffffffff'],
    ['another answer buffer', 'write 0 68 e100000'],
    ['both a request and its opposite', 'write 0 40 3'],
    ['a start that is going to sleep', 'write 0 40 2'],
    ['unknown bits of a request', 'write 0 40 80000001'],
  ])('are refused with %s, and the control area is right again', async (_, wrong) => {
    expect(await last(5, [...run(getRandom, wrong), 'read 0 58', 'read 0 5c', 'read 0 40', 'sent'])).toEqual([
      answer(status.control),
      '0xf80',
      '0xc0000080',
      '0',
      '1 0',
    ])
    expect(await last(1, [...run(getRandom, wrong), `command 0 ${getRandom}`, 'write 0 4c 1', command(0)])).toEqual([
      answer(status.ok),
    ])
  })

  it.each([
    ['does not give its locality', 'deaf', status.ok],
    ['never answers', 'silent', status.ok],
    ['answers less than a header', 'short', status.ok],
    ['answers more than there is room for', 'long', status.nomem],
  ])('show a fatal error when the TPM %s, until it works again', async (_, mood, expected) => {
    expect(await last(2, [...run(getRandom, `tpm ${mood}`), 'read 0 44'])).toEqual([answer(expected), '0x1'])
    const again = [...run(getRandom, `tpm ${mood}`), 'tpm well', `command 0 ${getRandom}`, 'write 0 4c 1', command(0)]
    expect(await last(2, [...again, 'read 0 44'])).toEqual([answer(status.ok), '0'])
  })
})

describe('a caller who writes while the service reads', () => {
  it.each([1, 2, 3, 4, 5])('gets status codes and nothing else, seed %i', async (seed) => {
    const round = [0, 1, 2, 3].flatMap((locality) => [
      ...request(locality, locality + 1),
      `command ${locality} 80010000${locality}f800000017b0008`,
      `write ${locality} 4c 1`,
      command(locality),
    ])
    const answers = await service.tell([`race ${seed}5bd1e995`, ...Array.from({ length: 40 }, () => round).flat()])
    const words = new Set(answers.filter((line) => line.startsWith('0x')).map((line) => line.split(' ')[3]))
    expect([...words].filter((word) => !Object.values(status).includes(word!))).toEqual([])
    expect(words.size).toBeGreaterThan(1)
    expect(answers.filter((line) => line.startsWith('0x'))).toHaveLength(320)
  })
})
