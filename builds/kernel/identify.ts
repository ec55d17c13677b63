import type { KernelInputs } from '../../domain/cell.ts'
import type { BuildIdentity } from '../../domain/build.ts'
import { guestModulesIdentity } from '../guest/modules.ts'
import { buildIdentity } from '../identity.ts'
import type { InputFiles } from '../input-files.ts'
import type { SourceIdentity } from '../source/source.ts'
import { kernelRecipe, kernelToolchain, kernelVariables } from './kernel-make.ts'
import { requestedConfig } from './requested-config.ts'

/**
 * Names a kernel build by what decides its bytes: source and patches, base configuration, the symbols that fragments and
 * plan ask for (not the fragments' paths or comments), toolchain, make variables, our own modules and our recipe.
 * Reads a few small files and asks two tools for their version; nothing is unpacked.
 * @param source from `sourceIdentity`, which needs no unpacked tree.
 * @param files where fragments are read from; as they are now where absent
 * @throws LabError BadInput for an unreadable fragment; ToolMissing.
 */
export async function identifyKernel(
  inputs: KernelInputs,
  source: SourceIdentity,
  files?: InputFiles,
): Promise<BuildIdentity> {
  const requested = requestedConfig(inputs, files)
  const [toolchain, guest] = await Promise.all([kernelToolchain(), guestModulesIdentity()])
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
