import { expect, test } from 'vitest'
import { isStep, progressOf } from '../../../builds/make/make-progress.ts'

test.each([
  ['  CC      init/main.o', true],
  ['  CC [M]  drivers/tee/optee/core.o', true],
  ['  LDS     arch/arm64/kernel/vmlinux.lds', true],
  ['  OBJCOPY arch/arm64/boot/Image', true],
  ['  HOSTCC  scripts/kconfig/conf.o', true],
  ['  CC      plat/qemu/common/qemu_bl1_setup.c', true],
  ['Building ... /source/MdePkg/Library/BaseLib/BaseLib.inf [AARCH64]', true],
  ['Building Volume Top File', false],
  ['make[1]: Entering directory', false],
  ['warning: x', false],
  ['  note: in expansion', false],
  ["aarch64-linux-gnu-ld: init/main.o: in function `x':", false],
])('%s', (line, expected) => {
  expect(isStep(line)).toBe(expected)
})

test('the first build of its kind knows no end', () => {
  expect(progressOf('compile', 7, 3, undefined)).toEqual({ phase: 'compile', done: 7 })
})

test('the rest is told by the last build first and by the own pace later', () => {
  const last = { steps: 1000, seconds: 150 }
  expect(progressOf('compile', 10, 1, last)).toEqual({ phase: 'compile', done: 10, expected: 1000, etaSeconds: 149 })
  expect(progressOf('compile', 500, 100, last)).toEqual({
    phase: 'compile',
    done: 500,
    expected: 1000,
    etaSeconds: 100,
  })
  expect(progressOf('compile', 1000, 90, last)).toEqual({ phase: 'compile', done: 1000, expected: 1000, etaSeconds: 0 })
})

test('a build that outgrew the last one promises nothing', () => {
  expect(progressOf('compile', 1001, 90, { steps: 1000, seconds: 150 })).toEqual({ phase: 'compile', done: 1001 })
})
