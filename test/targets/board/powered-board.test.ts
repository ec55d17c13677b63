import { mkdir } from 'node:fs/promises'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { describe, expect, test } from 'vitest'
import type { NewLabFact } from '../../../domain/lab-log/lab-fact.ts'
import type { LabPlace } from '../../../domain/lab/inventory.ts'
import type { World } from '../../../domain/world.ts'
import { ConsoleFault } from '../../../targets/board/console/console-fault.ts'
import { PoweredBoard, type Attached, type BoardPower } from '../../../targets/board/powered-board.ts'
import type { BootEnd, BootOrder } from '../../../targets/boot-order.ts'
import { bootTarget } from '../../../targets/boot.ts'
import { tempFolder } from '../../host/temp-folder.ts'

const never = new AbortController().signal

/** A console whose board is this test. */
class Cable {
  readonly stream: Duplex
  readonly heard: string[] = []
  closed = false
  readonly #broken = Promise.withResolvers<string>()

  constructor() {
    this.stream = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        this.heard.push(chunk.toString())
        done()
      },
    })
  }

  say(text: string): void {
    this.stream.push(text)
  }

  break(why: string): void {
    this.#broken.resolve(why)
  }

  attached(name: string, worlds: World[]): Attached {
    const close = async (): Promise<void> => {
      this.closed = true
      this.stream.destroy()
    }
    return { name, worlds, line: { stream: this.stream, broken: this.#broken.promise, greeting: Buffer.of(), close } }
  }
}

interface Bench {
  order: BootOrder
  uart0: Cable
  uart1: Cable
  switched: string[]
  /** What was noted of the lab, without what is said there. */
  noted: () => string[]
  facts: NewLabFact[]
  boot: (signal?: AbortSignal) => Promise<BootEnd>
}

function inShort(fact: NewLabFact): string {
  if (fact.about === 'first byte') return `first byte ${fact.seconds === null ? 'none' : fact.by}`
  const is = fact.about === 'power' ? `${fact.told} ${fact.says}` : fact.is
  return `${fact.by} ${is}`
}

async function bench(over: Partial<BoardPower> = {}, firstByte = 5): Promise<Bench> {
  const root = await tempFolder()
  const folder = join(root, 'attempt')
  await mkdir(folder)
  const [uart0, uart1] = [new Cable(), new Cable()]
  const switched: string[] = []
  const facts: NewLabFact[] = []
  const power: BoardPower = {
    on: async () => void switched.push('on'),
    off: async () => switched.push('off') > 0,
    state: async () => 'unknown',
    ...over,
  }
  const limits = { firstByte, offSilence: 0.2, shortestOff: 0 }
  const place = { name: 'rock-1', limits } as LabPlace
  const order = { folder, limits: { silence: 5 }, place: { folder: join(root, 'place'), fence: 2, owner: 'test' } }
  return {
    order,
    uart0,
    uart1,
    switched,
    facts,
    noted: () => facts.map(inShort),
    boot: (signal = never) =>
      bootTarget(
        order,
        async () =>
          new PoweredBoard(
            place,
            [uart0.attached('uart0', ['EL3', 'NS']), uart1.attached('uart1', ['S-EL1'])],
            power,
            (fact) => void facts.push(fact),
          ),
        {},
        signal,
      ),
  }
}

test('a board that says that it powered down is switched off, and all that it said is kept', async () => {
  const { boot, uart0, uart1, switched, order } = await bench({
    on: async () => {
      uart1.say('I/TC: OP-TEE\n')
      uart0.say('[    1.0] reboot: Power down\r\nNOTICE:  after')
    },
  })
  const end = await boot()
  expect(end.host).toMatchObject({ stop: 'power-off', reason: '', stage: 'off' })
  expect(switched).toEqual(['off'])
  expect([uart0.closed, uart1.closed]).toEqual([true, true])
  const said = await readFile(join(order.folder, 'consoles', 'uart0.raw'), 'latin1')
  expect(said).toBe('[    1.0] reboot: Power down\r\nNOTICE:  after')
})

test('words of another world end nothing, and neither does half a line', async () => {
  const { boot, uart0, uart1 } = await bench({
    on: async () => {
      uart1.say('reboot: Power down\n')
      uart0.say('not a reboot: Power down here\n')
      setTimeout(() => uart0.say('reboot: System halted\n'), 50)
    },
  })
  expect((await boot()).host).toMatchObject({ stop: 'power-off', reason: expect.stringContaining('no power-off') })
})

test.each(['System halted', 'Power off not available: System halted instead'])(
  'a board that no firmware can switch off is switched off when it says "%s"',
  async (said) => {
    const { boot, uart0, switched } = await bench({ on: async () => uart0.say(`[    1.0] reboot: ${said}\r\n`) })
    const { host } = await boot()
    expect(host).toMatchObject({ stop: 'power-off', reason: expect.stringContaining('no power-off'), stage: 'off' })
    expect(switched).toEqual(['off'])
  },
)

test('a board that panicked and that nothing can reset is not waited for until it has been silent for long', async () => {
  const { boot, uart0 } = await bench({
    on: async () => uart0.say('[    1.0] Kernel panic - not syncing: x\n[    1.1] Reboot failed -- System halted\r\n'),
  })
  const { host } = await boot()
  expect(host).toMatchObject({ stop: 'power-off', reason: expect.stringContaining('wanted a reset') })
})

test('a board that says nothing at all is dead, which is no fault of its kernel', async () => {
  const { boot, switched } = await bench({}, 0.1)
  const { host } = await boot()
  expect(host).toMatchObject({
    stop: 'lost',
    reason: expect.stringMatching(/^No console of rock-1 said anything within 0\.1 s /),
  })
  expect(switched).toEqual(['on', 'off'])
})

test('a board that spoke and fell silent hangs', async () => {
  const { boot, uart0, order } = await bench({ on: async () => uart0.say('NOTICE:  Booting Trusted Firmware\n') }, 0.1)
  order.limits.silence = 0.3
  expect((await boot()).host).toMatchObject({
    stop: 'silence',
    reason: expect.stringContaining('EL3 on uart0 spoke last'),
  })
})

test('a console server that fails ends the attempt in its words', async () => {
  const { boot, uart0, uart1 } = await bench({
    on: async () => {
      uart0.say('hello\n')
      uart1.break('The console server said: Port already in use')
    },
  })
  expect((await boot()).host).toMatchObject({ stop: 'lost', reason: 'The console server said: Port already in use' })
})

test('firmware that does something else than start the kernel is stuck, and that is no fault of the lab', async () => {
  const { boot, uart0 } = await bench({
    on: async () => uart0.say('U-Boot 2023.01\n'),
    start: async () => 'U-Boot crashed: "Synchronous Abort" handler.',
  })
  expect((await boot()).host).toMatchObject({ stop: 'silence', reason: expect.stringContaining('U-Boot crashed') })
})

test('a dialogue that the lab broke is infra, in its words', async () => {
  const { boot, uart0 } = await bench({
    on: async () => uart0.say('U-Boot 2023.01\n'),
    start: async () => Promise.reject(new Error('The TFTP server does not answer.')),
  })
  expect((await boot()).host).toMatchObject({ stop: 'lost', reason: 'The TFTP server does not answer.' })
})

test('a board that cannot be switched on is never left on', async () => {
  const { boot, switched, uart0 } = await bench({ on: () => Promise.reject(new Error('the PDU refuses')) })
  await expect(boot()).rejects.toThrow('the PDU refuses')
  expect(switched).toEqual(['off'])
  expect(uart0.closed).toBe(true)
})

test('a cancelled attempt ends off, also while the boot loader is spoken to', async () => {
  const cancel = new AbortController()
  let aborted = false
  const { boot, switched } = await bench({
    start: (_console, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          aborted = true
          reject(signal.reason as Error)
        })
        cancel.abort(new Error('cancelled'))
      }),
  })
  expect((await boot(cancel.signal)).host).toMatchObject({ stop: 'cancelled' })
  expect(switched.at(-1)).toBe('off')
  expect(aborted).toBe(true)
})

test('where the outlet cannot tell, a board counts as off when it has been silent as long as its class says', async () => {
  let left: number | undefined
  const said: number[] = []
  const { boot, uart0 } = await bench({
    on: async () => {
      uart0.say('reboot: Power down\n')
      const chatter = setInterval(() => {
        uart0.say('.')
        said.push(performance.now())
        if (left !== undefined && --left === 0) clearInterval(chatter)
      }, 50)
    },
    off: async () => {
      left = 5
      return false
    },
  })
  await boot()
  expect(left).toBe(0)
  expect(performance.now() - said.at(-1)!).toBeGreaterThan(190)
})

test.each(['on', 'unknown'] as const)('a silent board whose outlet says %s hangs', async (state) => {
  const { boot, uart0, order } = await bench({ on: async () => uart0.say('x\n'), state: async () => state })
  order.limits.silence = 0.2
  expect((await boot()).host.stop).toBe('silence')
})

test('a silent board whose outlet says off lost its power, which is the lab’s fault', async () => {
  const { boot, uart0, order } = await bench({ on: async () => uart0.say('x\n'), state: async () => 'off' })
  order.limits.silence = 0.2
  expect((await boot()).host).toMatchObject({
    stop: 'lost',
    reason: expect.stringMatching(/^The outlet of rock-1 says off, .*: nothing was said for /),
  })
})

test('a boot loader that fell silent because the board lost its power blames no firmware', async () => {
  const { boot, uart0 } = await bench({
    on: async () => uart0.say('U-Boot 2023.01\n'),
    start: async () => 'The board fell silent while it loaded the kernel.',
    state: async () => 'off',
  })
  expect((await boot()).host).toMatchObject({ stop: 'lost', reason: expect.stringContaining('says off') })
})

describe('a board that is to be left as it is when it hangs', () => {
  test('stays on, with its consoles free for whoever looks at it', async () => {
    const { boot, uart0, uart1, order, switched, noted } = await bench({ on: async () => uart0.say('x\n') })
    Object.assign(order, { leaveHung: true })
    order.limits.silence = 0.2
    const end = await boot()
    expect(end).toMatchObject({ leftOn: true, host: { stop: 'silence' } })
    expect(switched).toEqual([])
    expect([uart0.closed, uart1.closed]).toEqual([true, true])
    expect(noted()).toEqual(expect.arrayContaining(['uart0 closed', 'uart1 closed']))
  })

  test('is switched off when it ends in any other way', async () => {
    const done = await bench({ on: async () => done.uart0.say('reboot: Power down\n') })
    const dark = await bench({ on: async () => dark.uart0.say('x\n'), state: async () => 'off' })
    dark.order.limits.silence = 0.2
    for (const { order, boot, switched } of [done, dark]) {
      Object.assign(order, { leaveHung: true })
      expect((await boot()).leftOn).toBeUndefined()
      expect(switched).toEqual(['off'])
    }
  })
})

describe('what is noted of the lab', () => {
  test('consoles until they are let go of, with their bytes, and the first byte with its time', async () => {
    const { boot, uart0, facts, noted } = await bench({
      on: async () => void setTimeout(() => uart0.say('[    1.0] reboot: Power down\n'), 50),
    })
    await boot()
    expect(noted()).toEqual(['uart0 attached', 'uart1 attached', 'first byte uart0', 'uart0 closed', 'uart1 closed'])
    const [, , first, closed] = facts
    expect(first).toMatchObject({ limit: 5, seconds: expect.any(Number) as number })
    expect(closed).toMatchObject({ bytes: 29 })
  })

  test('a first byte that comes before the outlet has said that it is on', async () => {
    const { boot, uart0, facts } = await bench({
      on: async () => {
        uart0.say('reboot: Power down\n')
        await new Promise((resolve) => setTimeout(resolve, 50))
      },
    })
    await boot()
    expect(facts.filter(({ about }) => about === 'first byte')).toMatchObject([{ by: 'uart0', seconds: 0 }])
  })

  test('that no byte came, in the sentence that the attempt ends with', async () => {
    const { boot, facts, noted } = await bench({}, 0.1)
    const { host } = await boot()
    expect(noted()).toContain('first byte none')
    expect(facts.find(({ about }) => about === 'first byte')).toMatchObject({ words: host.reason, limit: 0.1 })
  })

  test('the console that broke, in the words of its server, and not that we let go of it', async () => {
    const { boot, uart0, uart1, facts, noted } = await bench({
      on: async () => {
        uart0.say('hello\n')
        uart1.break('The console server said: Port already in use')
      },
    })
    await boot()
    expect(noted()).toEqual(expect.arrayContaining(['uart1 broken', 'uart0 closed']))
    expect(noted()).not.toContain('uart1 closed')
    expect(facts.find((fact) => fact.about === 'console' && fact.is === 'broken')).toMatchObject({
      words: 'The console server said: Port already in use',
    })
  })

  test('what the outlet says of a board that fell silent, and that it cannot be asked', async () => {
    const off = await bench({ on: async () => off.uart0.say('x\n'), state: async () => 'off' })
    off.order.limits.silence = 0.2
    await off.boot()
    expect(off.noted()).toContain('the power of rock-1 nothing off')
    const mute = await bench({
      on: async () => mute.uart0.say('x\n'),
      state: () => Promise.reject(new Error('The PDU does not answer.')),
    })
    mute.order.limits.silence = 0.2
    expect((await mute.boot()).host.stop).toBe('silence')
    expect(mute.facts).toContainEqual(
      expect.objectContaining({ about: 'power', says: 'unknown', words: 'The PDU does not answer.' }),
    )
  })

  test('of a dialogue that the lab broke whether it was the wire or what is fetched', async () => {
    const broken = async (error: Error): Promise<string[]> => {
      const { boot, uart0, noted } = await bench({
        on: async () => uart0.say('U-Boot 2023.01\n'),
        start: () => Promise.reject(error),
      })
      await boot()
      return noted()
    }
    expect(await broken(new ConsoleFault('other', 'It lost characters.'))).toContain('uart0 broken')
    expect(await broken(new Error('The TFTP server does not answer.'))).toContain('the boot loader broken')
  })

  test('that a board without a read-back is silent, or speaks on', async () => {
    const silent = await bench({ on: async () => silent.uart0.say('reboot: Power down\n'), off: async () => false })
    await silent.boot()
    expect(silent.noted()).toContain('the board off off')
  })
})
