import type { KernelInputs } from '../../domain/cell.ts'
import type { BuildIdentity } from '../../domain/build.ts'
import { guestModulesIdentity } from '../guest/modules.ts'
import { buildIdentity } from '../identity.ts'
import type { InputFiles } from '../input-files.ts'
import type { SourceIdentity } from '../source/source.ts'
import { kernelRecipe, kernelToolchain, kernelVariables, type Toolchain } from './kernel-make.ts'
import type { Config } from './config-text.ts'
import { requestedConfig } from './requested-config.ts'

/** What decides the bytes of every kernel that this machine builds. */
export interface MachineInputs {
  toolchain: Toolchain
  /** A hash for each of our modules. */
  guest: Record<string, string>
}

/** Asks two tools for their version, and looks at the sources of our modules. @throws LabError ToolMissing */
export async function machineInputs(): Promise<MachineInputs> {
  const [toolchain, guest] = await Promise.all([kernelToolchain(), guestModulesIdentity()])
  return { toolchain, guest }
}

/**
 * Names a kernel build by what decides its bytes: source and patches, base configuration, the symbols that fragments and
 * plan ask for (not the fragments' paths or comments), toolchain, make variables, our own modules and our recipe.
 * Reads a few small files and asks two tools for their version; nothing is unpacked.
 * @param source from `sourceIdentity`, which needs no unpacked tree.
 * @param files where fragments are read from; as they are now where absent
 * @param known what who names many kernels has asked for already
 * @throws LabError BadInput for an unreadable fragment; ToolMissing.
 */
export async function identifyKernel(
  inputs: KernelInputs,
  source: SourceIdentity,
  files?: InputFiles,
  known: { machine?: MachineInputs; fragment?: (path: string) => Config } = {},
): Promise<BuildIdentity> {
  const requested = requestedConfig(inputs, files, known.fragment)
  const { toolchain, guest } = known.machine ?? (await machineInputs())
  return buildIdentity('kernel', inputs.name, {
    source: source.source,
    patches: source.patches,
    ...(source.fuzz !== undefined && { fuzz: source.fuzz }),
    base: inputs.base,
    symbols: Object.fromEntries(requested),
    toolchain,
    variables: kernelVariables,
    guest,
    recipe: kernelRecipe,
  })
}
