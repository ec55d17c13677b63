import { expect, it } from 'vitest'
import { describeFault } from '../../domain/build.ts'

it.each([
  [{ message: "'x' undeclared", file: 'init/main.c', line: 12 }, "init/main.c:12: 'x' undeclared"],
  [{ message: 'undefined reference to x', file: 'init/main.o' }, 'init/main.o: undefined reference to x'],
  [{ message: 'bc: not found' }, 'bc: not found'],
  [null, 'no reason is known'],
])("a build's fault begins with its place: %j", (fault, sentence) => {
  expect(describeFault(fault)).toBe(sentence)
})
