import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const main = `
#include <stdio.h>
#include <stdlib.h>
#include "parameters.h"
int main(int count, char **words)
{
	char parameters[4096];

	if (count != 4)
		return 2;
	parameters_of(words[1], words[2], parameters, (size_t)atoi(words[3]));
	fputs(parameters, stdout);
	return 0;
}
`
const init = fileURLToPath(new URL('../../guest/init', import.meta.url))
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-parameters-'))
  const sanitizers = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all']
  const flags = ['-std=gnu11', '-Wall', '-Wextra', '-Werror', ...sanitizers, `-I${init}`]
  await execa('gcc', [...flags, '-o', join(folder, 'main'), '-x', 'c', '-', join(init, 'parameters.c')], {
    input: main,
  })
}, 60_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

const of = async (module: string, line: string, room = 4096): Promise<string> =>
  (await execa(join(folder, 'main'), [module, line, String(room)])).stdout

describe('parameters of a module', () => {
  it.each([
    ['fault-maker', 'console=ttyAMA0 fault_maker.kind=panic quiet\n', 'kind=panic'],
    ['fault_maker', 'fault-maker.kind=oops fault_maker.seconds=3', 'kind=oops seconds=3'],
    ['fault-maker', 'fault_makers.kind=a fault_make.kind=b fault_maker kind=c xfault_maker.kind=d\n', ''],
    ['m', 'm.text="two words" n.a="m.b=1 m.c=2" m.flag', 'text="two words" flag'],
    ['m', '  m.a=1   m.b=2  ', 'a=1 b=2'],
    ['m', '', ''],
  ])('%s in %j: %j', async (module, line, expected) => {
    expect(await of(module, line)).toBe(expected)
  })

  it('leaves out what does not fit', async () => {
    expect(await of('m', 'm.long=0123456789 m.b=2', 12)).toBe('b=2')
    expect(await of('m', 'm.a=1 m.b=2', 4)).toBe('a=1')
  })
})
