import { expect, test } from 'vitest'
import { modelArguments } from '../../../targets/fvp/arguments.ts'

const recipe = {
  parameters: { 'bp.secure_memory': '1', 'cluster0.NUM_CORES': '4', 'bp.flashloader0.fname': '/fw/fip with blank.bin' },
  data: [
    { file: '/boot/Image', at: 0x80080000 },
    { file: '/boot/initrd=1@2.cpio', at: 0x84000000 },
  ],
}

/** The `-C` parameters by name, in the order in which they stand. */
function parametersOf(words: string[]): Map<string, string> {
  return new Map(
    words.flatMap((word, n) => {
      if (words[n - 1] !== '-C') return []
      const at = word.indexOf('=')
      return [[word.slice(0, at), word.slice(at + 1)] as const]
    }),
  )
}

test('each parameter is one -C, whatever is in its value, and files for memory go through a CPU', () => {
  const { arguments: words, said } = modelArguments(recipe, { parameters: {} })
  const parameters = parametersOf(words)
  for (const [name, value] of Object.entries(recipe.parameters)) expect(parameters.get(name)).toBe(value)
  expect(words.slice(-5)).toEqual([
    '--data',
    'cluster0.cpu0=/boot/Image@0x80080000',
    '--data',
    'cluster0.cpu0=/boot/initrd=1@2.cpio@0x84000000',
    '--stat',
  ])
  expect(said).toEqual([])
})

test('equal orders are equal command lines, in whatever order their parameters were written', () => {
  const backwards = Object.fromEntries(Object.entries(recipe.parameters).toReversed())
  expect(modelArguments({ ...recipe, parameters: backwards }, { parameters: {} })).toEqual(
    modelArguments(recipe, { parameters: {} }),
  )
})

test('no terminal opens a window, hides its port or changes bytes, and the model ends when the target is off', () => {
  const parameters = parametersOf(modelArguments({ parameters: {}, data: [] }, { parameters: {} }).arguments)
  for (const n of [0, 1, 2, 3]) {
    expect(parameters.get(`bp.terminal_${n}.start_telnet`)).toBe('0')
    expect(parameters.get(`bp.terminal_${n}.mode`)).toBe('raw')
    expect(parameters.get(`bp.terminal_${n}.quiet`)).toBe('0')
  }
  expect(parameters.get('bp.ve_sysregs.exit_on_shutdown')).toBe('1')
  expect(parameters.get('bp.vis.disable_visualisation')).toBe('1')
})

test('where stack and place both set a parameter the place wins, and that is said', () => {
  const place = { parameters: { 'cluster0.NUM_CORES': '2', 'bp.secure_memory': '1', 'bp.dram_size': '4' } }
  const { arguments: words, said } = modelArguments(recipe, place)
  expect(parametersOf(words).get('cluster0.NUM_CORES')).toBe('2')
  expect(parametersOf(words).get('bp.dram_size')).toBe('4')
  // What both say alike is no quarrel.
  expect(said).toEqual(["The place sets cluster0.NUM_CORES=2 in place of the stack's cluster0.NUM_CORES=4."])
})

test('what a boot needs goes before stack and place, and that is said, too', () => {
  const place = { parameters: { 'bp.terminal_1.mode': 'telnet' } }
  const { arguments: words, said } = modelArguments(
    { parameters: { 'bp.ve_sysregs.exit_on_shutdown': '0' }, data: [] },
    place,
  )
  expect(parametersOf(words).get('bp.terminal_1.mode')).toBe('raw')
  expect(parametersOf(words).get('bp.ve_sysregs.exit_on_shutdown')).toBe('1')
  expect(said.toSorted()).toEqual([
    'hyplab needs bp.terminal_1.mode=raw: telnet was left out.',
    'hyplab needs bp.ve_sysregs.exit_on_shutdown=1: 0 was left out.',
  ])
})

test('a window is for those who ask for it', () => {
  const { arguments: words } = modelArguments(
    { parameters: {}, data: [] },
    { parameters: { 'bp.vis.disable_visualisation': '0' } },
  )
  expect(parametersOf(words).get('bp.vis.disable_visualisation')).toBe('0')
})
