import { productIn, type FvpSetup } from '../../domain/machine-setup.ts'
import { suggest } from '../../domain/yaml/did-you-mean.ts'
import type { LocatedYaml, Path } from '../../domain/yaml/yaml-text.ts'
import type { RecipeFile } from './recipe-schema.ts'

// The part `fvp:` of a recipe: it makes a stack one for Arm's models.

/** The consoles of a base model are its four terminals (Arm 100964, "Base Platform"). */
const terminals = ['terminal_0', 'terminal_1', 'terminal_2', 'terminal_3']

/** How the model is to be set up, of a part that has no mistakes. */
export function fvpSetup(given: NonNullable<RecipeFile['fvp']>, yaml: LocatedYaml): FvpSetup {
  const { from, at } = given['device-tree']
  const parameters = Object.entries(given.parameters).map(([name, value]) => {
    // As it is written: 0x10 is not to become 16.
    return [name, yaml.source(['fvp', 'parameters', name]) ?? String(value)] as const
  })
  return {
    parameters: Object.fromEntries(parameters),
    initrd: given.initrd,
    deviceTree: { product: productIn(from) ?? '', at },
  }
}

/** Complains of what the part and the rest of the recipe do not agree on. */
export function fvpMistakes(
  { fvp, consoles, boot, bl33, services, products }: RecipeFile,
  complain: (path: Path, message: string, hint: string) => void,
): void {
  if (fvp === undefined) return
  for (const name of Object.keys(consoles)) {
    if (!terminals.includes(name)) complain(['consoles', name], `an FVP has no "${name}"`, suggest(name, terminals))
  }
  if (boot !== 'kernel') complain(['boot'], `boot: ${boot} is not known on an FVP`, 'the kernel itself is BL33 there')
  if (services.length > 0) complain(['services'], 'an FVP has nothing behind services', 'leave them out')
  for (const [name, value] of Object.entries(fvp.parameters)) checkProduct(['fvp', 'parameters', name], String(value))
  const { from, at } = fvp['device-tree']
  if (from.includes('${')) checkProduct(['fvp', 'device-tree', 'from'], from)
  else complain(['fvp', 'device-tree', 'from'], `"${from}" is no product of this stack`, 'it would be ${product:NAME}')
  if (fvp.initrd === bl33) complain(['fvp', 'initrd'], 'the initrd lies where the kernel lies', 'bl33 is there')
  if (at === bl33 || at === fvp.initrd)
    complain(['fvp', 'device-tree', 'at'], 'the device tree lies where something else lies', 'bl33 or initrd is there')

  function checkProduct(path: Path, value: string): void {
    const product = productIn(value)
    if (product === undefined && value.includes('${'))
      complain(path, `"${value}" means nothing to a model`, 'a product stands alone: ${product:NAME}')
    else if (product !== undefined && products[product] === undefined)
      complain(path, `this stack has no product "${product}"`, suggest(product, Object.keys(products)))
  }
}
