import { createInterface } from 'node:readline'
import type { Socket } from 'node:net'
import { LabError } from '../../domain/errors.ts'
import { startGuarded } from '../../host/guarded-process.ts'
import { findTable } from './acpi-tables.ts'
import { bareArguments, qemu } from './machine.ts'

// QEMU's virt machine: the registers of fw_cfg (hw/arm/virt.c, base_memmap VIRT_FW_CFG) and RAM to read into.
const fwCfg = 0x0902_0000
const control = 0x5000_0000
const buffer = 0x5000_1000
/** Key of fw_cfg's directory (docs/specs/fw_cfg.rst). */
const directory = 0x19

/**
 * The DSDT that this host's QEMU makes for a machine.
 * @throws as dumpTables, and LabError TargetBroken when it makes none
 */
export async function dumpDsdt(machine: string[], logFile: string, signal: AbortSignal): Promise<Uint8Array> {
  const dsdt = findTable(await dumpTables(machine, logFile, signal), 'DSDT')
  if (dsdt) return dsdt
  throw new LabError('TargetBroken', `This host's QEMU makes no ACPI DSDT for the machine; see ${logFile}.`)
}

/**
 * The ACPI tables that this host's QEMU makes for a machine: QEMU is asked itself, so that whatever version is installed will
 * do. It is started with the machine's arguments and stands still; its memory is read from outside
 * (docs/devel/testing/qtest.rst).
 * @param machine QEMU's arguments for a machine without a TPM
 * @param logFile gets what QEMU complains of
 * @returns fw_cfg's file etc/acpi/tables, empty when there is none
 * @throws LabError TargetBroken when QEMU does not start; the signal's reason when aborted
 */
export async function dumpTables(machine: string[], logFile: string, signal: AbortSignal): Promise<Uint8Array> {
  const socket = ['-chardev', 'socket,id=qtest,fd=4', '-qtest', 'chardev:qtest', '-qtest-log', '/dev/null']
  const guarded = startGuarded(qemu, [...bareArguments, '-S', ...machine, ...socket], { logFile, channels: 1 })
  const kill = (): void => guarded.kill('SIGKILL')
  signal.addEventListener('abort', kill)
  try {
    const [channel] = guarded.channels
    if (!channel) throw new LabError('TargetBroken', 'QEMU could not be started: this host has no file to spare.')
    return (await readFwCfgFile(new Qtest(channel), 'etc/acpi/tables')) ?? new Uint8Array()
  } finally {
    signal.removeEventListener('abort', kill)
    kill()
    await guarded.ended
    signal.throwIfAborted()
  }
}

async function readFwCfgFile(qtest: Qtest, name: string): Promise<Uint8Array | undefined> {
  const count = (await readItem(qtest, directory, 4)).readUInt32BE(0)
  const entries = await readItem(qtest, directory, 4 + count * 64)
  for (let at = 4; at < entries.length; at += 64) {
    const entry = entries.subarray(at, at + 64)
    if (entry.toString('latin1', 8, 64).replace(/\0.*$/s, '') === name)
      return await readItem(qtest, entry.readUInt16BE(4), entry.readUInt32BE(0))
  }
  return undefined
}

/** Reads the first bytes of an item by DMA: select (8) and read (2). The registers are big endian, the writes little. */
async function readItem(qtest: Qtest, key: number, bytes: number): Promise<Buffer> {
  const access = Buffer.alloc(16)
  access.writeUInt32BE((key << 16) | 8 | 2, 0)
  access.writeUInt32BE(bytes, 4)
  access.writeBigUInt64BE(BigInt(buffer), 8)
  await qtest.ask(`write ${control} ${access.length} 0x${access.toString('hex')}`)
  const address = Buffer.alloc(8)
  address.writeBigUInt64BE(BigInt(control))
  await qtest.ask(`writeq ${fwCfg + 16} ${address.readBigUInt64LE(0)}`)
  return Buffer.from((await qtest.ask(`read ${buffer} ${bytes}`)).slice(2), 'hex')
}

/** QEMU's qtest protocol (system/qtest.c): a line asks, a line answers, in order. */
class Qtest {
  readonly #socket: Socket
  readonly #answers: AsyncIterator<string>

  constructor(socket: Socket) {
    socket.on('error', () => undefined)
    this.#socket = socket
    const lines = createInterface({ input: socket, crlfDelay: Infinity })
    lines.on('error', () => undefined)
    this.#answers = lines[Symbol.asyncIterator]()
  }

  /** @returns what follows the OK */
  async ask(line: string): Promise<string> {
    this.#socket.write(`${line}\n`)
    const { value, done } = await this.#answers.next()
    if (done !== true && value.startsWith('OK')) return value.slice(3)
    const said = done === true ? 'went away' : `answered ${value}`
    // One that went away was killed, or said why in its log: another attempt costs a moment.
    throw new LabError('TargetBroken', `QEMU was asked for its ACPI tables and ${said}.`, { retryable: done === true })
  }
}
