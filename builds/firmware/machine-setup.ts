import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { LabError } from '../../domain/errors.ts'
import { bootWays, consolesOfOld, stackServices, type MachineSetup } from '../../domain/machine-setup.ts'
import { worlds } from '../../domain/world.ts'

/** The product of every firmware build that says how its machine is to be set up; attempts keep it too. */
export const machineSetupProduct = 'machine.json'

const schema = z.object({
  consoles: z.record(z.string(), z.array(z.enum(worlds))).default(consolesOfOld),
  boot: z.enum(bootWays),
  bl33: z.int(),
  services: z.array(z.enum(stackServices)),
  tpm: z.object({ banks: z.array(z.string()), partition: z.int() }).optional(),
  fvp: z
    .object({
      parameters: z.record(z.string(), z.string()),
      initrd: z.int(),
      deviceTree: z.object({ product: z.string(), at: z.int() }),
      fwCfg: z.object({ at: z.int(), kernel: z.int() }).exactOptional(),
      acpi: z.array(z.string()).exactOptional(),
      tpm: z.string().exactOptional(),
    })
    .optional(),
})

/** Writes the product into a build's folder. @returns its path */
export async function writeMachineSetup(folder: string, setup: MachineSetup): Promise<string> {
  const path = join(folder, machineSetupProduct)
  await writeFile(path, `${JSON.stringify(setup, null, 2)}\n`)
  return path
}

/** Reads the product again. @throws LabError SourceMissing when it is not there, or is none */
export async function readMachineSetup(path: string): Promise<MachineSetup> {
  try {
    const { tpm, fvp, ...setup } = schema.parse(JSON.parse(await readFile(path, 'utf8')))
    return { ...setup, ...(tpm && { tpm }), ...(fvp && { fvp }) }
  } catch (cause) {
    const sentence = `${path} does not say how to set up the machine: build the stack again.`
    throw new LabError('SourceMissing', sentence, { cause })
  }
}
