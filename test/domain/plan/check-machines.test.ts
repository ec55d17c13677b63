import { expect, test } from 'vitest'
import { parsePlan } from '../../../domain/plan/parse-plan.ts'
import { formatError } from '../../../domain/yaml/located-error.ts'
import { folder, goodPlan, known } from './plans.ts'

const kernelStack = 'bl33: 0x60000000\n'
const efiStack = 'bl33: 0x60000000\nboot: efi\nservices: [tpm]\n'
const cpus = ['cortex-a57', 'cortex-a76', 'neoverse-n1', 'max']

/** The errors of the good plan with these lines more, on a stack with this recipe. */
function errors(
  lines: string,
  { recipe = kernelStack, known: has = { ...known, cpus } as typeof known } = {},
): string[] {
  const texts = { '/lab/base.config': '', '/lab/fix.patch': '', '/lab/optee.yaml': recipe, '/lab/base.yaml': efiStack }
  const parsed = parsePlan(`${goodPlan}${lines}\n`, '/lab/plan.yaml', folder(texts), has)
  return parsed.ok ? [] : parsed.errors.map((error) => formatError(error).replaceAll('/lab/', ''))
}

const target = (what: string): string => `targets: { small: { kind: qemu, ${what} } }`

test('a CPU that QEMU does not have is an error at its place, with the one that was probably meant', () => {
  expect(errors(target('cpu: cortex-a67'))).toEqual([
    'plan.yaml:25:38: The virt machine of QEMU has no 64-bit cpu "cortex-a67"; did you mean "cortex-a57"?',
  ])
  expect(errors(target("cpu: 'nosuchcpu,sme=off'"))).toEqual([
    'plan.yaml:25:38: The virt machine of QEMU has no 64-bit cpu "nosuchcpu"; it has ' + `${cpus.join(', ')}`,
  ])
  expect(errors(target("cpu: 'max,sme=off,pauth-impdef=on'"))).toEqual([])
})

test('where there is no QEMU to ask, nothing is said of CPUs', () => {
  expect(errors(target('cpu: nosuchcpu'), { known })).toEqual([])
})

test('memory that ends before the initrd begins is an error', () => {
  for (const memory of ['0 MiB', '0.5 GiB', '768']) {
    const [error, ...others] = errors(target(`memory: ${memory}`))
    expect(others).toEqual([])
    expect(error).toMatch(
      /^plan\.yaml:25:41: small has \d+ MiB, and the stack optee needs 769 MiB at least; e\.g\. 2 GiB$/,
    )
  }
  expect(errors(target('memory: 769'))).toEqual([])
  expect(errors(target('memory: 0'))).toEqual(['plan.yaml:25:41: 0 is not a size; 2048, 2 GiB'])
})

test('under a loader it is the loader that must fit in', () => {
  expect(errors(target('memory: 512'), { recipe: efiStack })).toEqual([
    'plan.yaml:25:41: small has 512 MiB, and the stack optee needs 513 MiB at least; e.g. 2 GiB',
  ])
  expect(errors(target('memory: 513'), { recipe: efiStack })).toEqual([])
})

test('memory that reaches where services share theirs is an error, also of a stack that is like another', () => {
  for (const recipe of [efiStack, 'like: base.yaml\ntitle: t\n'])
    expect(errors(target('memory: 4 GiB'), { recipe })).toEqual([
      'plan.yaml:25:41: small has 4096 MiB, and the stack optee takes 2048 MiB at most; write 2048 MiB, or exclude those cells',
    ])
  expect(errors(target('memory: 4 GiB'))).toEqual([])
})

test('a command line that the kernel would cut is an error where most of it comes from', () => {
  const long = 'x'.repeat(2000)
  expect(errors(`cmdline: ${long}`)).toEqual([
    expect.stringMatching(
      /^plan\.yaml:25:10: the command line has 2023 characters, to which the target adds \d+, and an arm64 kernel takes 2047; shorten it by \d+$/,
    ),
  ])
  const mode = goodPlan.replace('nvhe: kvm-arm.mode=nvhe', `nvhe: ${long}`)
  const parsed = parsePlan(
    mode,
    '/lab/plan.yaml',
    folder({ '/lab/base.config': '', '/lab/fix.patch': '', '/lab/optee.yaml': kernelStack }),
    known,
  )
  expect(parsed.ok ? [] : parsed.errors.map(({ line, column }) => [line, column])).toEqual([[16, 51]])
})

test('what the sentence says is enough, and one character more is not', () => {
  const told = /shorten it by (\d+)/.exec(errors(`cmdline: ${'é'.repeat(1100)}`)[0]!)?.[1]
  const left = 2200 - Number(told)
  expect(errors(`cmdline: ${'x'.repeat(left)}`)).toEqual([])
  expect(errors(`cmdline: ${'x'.repeat(left + 1)}`)).toHaveLength(1)
})

test('a stack for an FVP boots nowhere else, and no other stack boots on one', () => {
  const fvp = 'targets: { model: { kind: fvp, class: base-revc } }'
  const ofFvp = `${kernelStack}fvp: {}\n`
  expect(errors(fvp, { recipe: ofFvp })).toEqual([])
  expect(errors(fvp)).toEqual([
    expect.stringMatching(/the stack optee is for no FVP, and model is one; exclude those cells$/),
  ])
  expect(errors(target('cpu: cortex-a57'), { recipe: ofFvp })).toEqual([
    expect.stringMatching(
      /^plan\.yaml:\d+:\d+: the stack optee is for an FVP, and small is none; exclude those cells$/,
    ),
  ])
})
