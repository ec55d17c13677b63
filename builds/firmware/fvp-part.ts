import { productIn, type FvpSetup } from '../../domain/machine-setup.ts'
import { suggest } from '../../domain/yaml/did-you-mean.ts'
import type { LocatedYaml, Path } from '../../domain/yaml/yaml-text.ts'
import type { RecipeFile } from './recipe-schema.ts'

// The part `fvp:` of a recipe: it makes a stack one for Arm's models.

/** The consoles of a base model are its four terminals (Arm 100964, "Base Platform"). */
const terminals = ['terminal_0', 'terminal_1', 'terminal_2', 'terminal_3']

type FvpPart = NonNullable<RecipeFile['fvp']>
type Complain = (path: Path, message: string, hint: string) => void

/** How the model is to be set up, of a part that has no mistakes. */
export function fvpSetup(given: FvpPart, yaml: LocatedYaml): FvpSetup {
  const { from, at } = given['device-tree']
  const parameters = Object.entries(given.parameters).map(([name, value]) => {
    // As it is written: 0x10 is not to become 16.
    return [name, yaml.source(['fvp', 'parameters', name]) ?? String(value)] as const
  })
  return {
    parameters: Object.fromEntries(parameters),
    initrd: given.initrd,
    deviceTree: { product: productIn(from) ?? '', at },
    ...(given['fw-cfg'] && { fwCfg: given['fw-cfg'] }),
    ...(given.acpi && { acpi: given.acpi }),
    ...(given.tpm !== undefined && { tpm: given.tpm }),
  }
}

/** Complains of what the part and the rest of the recipe do not agree on. */
export function fvpMistakes(recipe: RecipeFile, complain: Complain): void {
  const { fvp, consoles, products } = recipe
  if (fvp === undefined) return
  for (const name of Object.keys(consoles)) {
    if (!terminals.includes(name)) complain(['consoles', name], `an FVP has no "${name}"`, suggest(name, terminals))
  }
  for (const [name, value] of Object.entries(fvp.parameters)) checkReference(['fvp', 'parameters', name], String(value))
  const { from } = fvp['device-tree']
  if (from.includes('${')) checkReference(['fvp', 'device-tree', 'from'], from)
  else complain(['fvp', 'device-tree', 'from'], `"${from}" is no product of this stack`, 'it would be ${product:NAME}')
  for (const [index, name] of (fvp.acpi ?? []).entries()) checkProduct(['fvp', 'acpi', index], name)
  bootMistakes(recipe, fvp, complain)
  tpmMistakes(recipe, fvp, complain)
  placeMistakes(recipe, fvp, complain)

  function checkReference(path: Path, value: string): void {
    const product = productIn(value)
    if (product !== undefined) checkProduct(path, product)
    else if (value.includes('${'))
      complain(path, `"${value}" means nothing to a model`, 'a product stands alone: ${product:NAME}')
  }

  function checkProduct(path: Path, product: string): void {
    if (products[product] === undefined)
      complain(path, `this stack has no product "${product}"`, suggest(product, Object.keys(products)))
  }
}

/** EDK2 gets its kernel and its tables from memory; a kernel that is BL33 has no use for them. */
function bootMistakes({ boot }: RecipeFile, fvp: FvpPart, complain: Complain): void {
  if (boot === 'u-boot')
    complain(['boot'], 'boot: u-boot is not known on an FVP', 'BL33 is the kernel itself there, or EDK2 (efi)')
  if (boot === 'efi' && fvp['fw-cfg'] === undefined)
    complain(['boot'], 'EDK2 finds no kernel on an FVP without fw-cfg', 'fvp would have fw-cfg: { at: …, kernel: … }')
  for (const key of ['fw-cfg', 'acpi'] as const) {
    if (boot === 'kernel' && fvp[key] !== undefined)
      complain(['fvp', key], `nobody reads ${key} but EDK2`, 'boot would be efi')
  }
}

/** A base model has no TPM: one is at the other end of a UART on which nobody speaks. */
function tpmMistakes({ services, consoles }: RecipeFile, { tpm }: FvpPart, complain: Complain): void {
  if (services.includes('tpm') && tpm === undefined)
    complain(['services'], 'an FVP has no TPM of its own', 'fvp.tpm would name the terminal at whose other end one is')
  if (tpm === undefined) return
  const path: Path = ['fvp', 'tpm']
  if (!services.includes('tpm')) complain(path, 'there is no TPM to set up', 'services would have tpm')
  if (!terminals.includes(tpm)) complain(path, `an FVP has no "${tpm}"`, suggest(tpm, terminals))
  if (consoles[tpm] !== undefined)
    complain(path, `${tpm} is a console`, 'commands of a TPM and what somebody says would mix')
}

/** Of things that lie in memory, no two may begin at one place. How long they are is known when they are made. */
function placeMistakes({ bl33 }: RecipeFile, fvp: FvpPart, complain: Complain): void {
  const fwCfg = fvp['fw-cfg']
  const places: [what: string, at: number, path: Path][] = [
    ['start of BL33', bl33, ['bl33']],
    ['initrd', fvp.initrd, ['fvp', 'initrd']],
    ['device tree', fvp['device-tree'].at, ['fvp', 'device-tree', 'at']],
  ]
  if (fwCfg) {
    places.push(['directory', fwCfg.at, ['fvp', 'fw-cfg', 'at']], ['kernel', fwCfg.kernel, ['fvp', 'fw-cfg', 'kernel']])
  }
  for (const [index, [what, at, path]] of places.entries()) {
    const other = places.slice(0, index).find((one) => one[1] === at)
    if (other) complain(path, `the ${what} lies where the ${other[0]} lies`, 'choose another address')
  }
}
