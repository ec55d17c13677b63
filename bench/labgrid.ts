import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { stringify } from 'yaml'
import { bootSteps, scriptFiles, type BoardBoot } from './board-boot.ts'

/** The newest of the year in which this was written. */
export const labgridVersion = '26.0.1'
const script = join(import.meta.dirname, 'labgrid-boot.py')

/**
 * Installs labgrid into a folder, from the package index that pip uses on this machine. Besides it needs snmpget and snmpset,
 * which its driver for this PDU calls.
 * @returns the Python that has it
 * @throws Error when one of them cannot be had
 */
export async function installLabgrid(folder: string): Promise<string> {
  for (const tool of ['snmpget', 'snmpset'])
    await execa('sh', ['-c', `command -v ${tool}`]).catch(() => {
      throw new Error(`labgrid switches the outlet by ${tool}: install Debian's package snmp.`)
    })
  await execa('python3', ['-m', 'venv', folder])
  const python = join(folder, 'bin/python')
  await execa(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `labgrid==${labgridVersion}`])
  return python
}

/** Writes what labgrid and its script are told of a boot; returns the words that boot so. */
export async function labgridCommand(python: string, boot: BoardBoot): Promise<string[]> {
  const { commands, start } = bootSteps(boot)
  const environment = join(boot.folder, 'labgrid.yaml')
  const resources = [
    { NetworkSerialPort: { host: '127.0.0.1', port: boot.consoles.normal, protocol: 'rfc2217', speed: 115_200 } },
    { NetworkPowerPort: { model: 'apc', host: `127.0.0.1:${boot.snmp.port}`, index: boot.snmp.outlet } },
  ]
  const drivers = [
    { SerialDriver: {} },
    { NetworkPowerDriver: {} },
    // A pattern. Without the line feed it is also found in what crc32 says: `==> 5db0eb0f`.
    { UBootDriver: { prompt: String.raw`\n=> `, interrupt: ' ', boot_command: start, bootstring: 'Booting Linux' } },
  ]
  await writeFile(environment, stringify({ targets: { main: { resources, drivers } } }))
  const order = join(boot.folder, 'labgrid.json')
  await writeFile(order, JSON.stringify({ commands, ...scriptFiles(boot) }))
  return [python, script, environment, order]
}
