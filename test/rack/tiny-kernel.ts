import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'

/** It runs wherever it is loaded: all in one piece, and no relocations. */
const layout = `
SECTIONS {
  . = 0;
  .text : { *(.head) *(.text*) *(.rodata*) *(.got*) *(.data*) }
  .bss : { *(.bss*) }
  . = ALIGN(4096);
  _end = .;
  /DISCARD/ : { *(.comment) *(.note*) *(.eh_frame*) *(.dyn*) *(.gnu*) *(.hash) *(.interp) *(.rela*) }
}
`

/**
 * Compiles `tiny-kernel.c` to an arm64 Image; returns its path.
 * @param folder where its files are made
 * @param padding bytes that the file is longer, so that loading it takes a while
 * @param machine which it is for, of QEMU's
 */
export async function tinyKernel(folder: string, padding = 0, machine: 'virt' | 'raspi4b' = 'virt'): Promise<string> {
  const code = [
    '-O1',
    '-ffreestanding',
    '-fPIE',
    '-fno-builtin',
    '-fno-stack-protector',
    '-fno-asynchronous-unwind-tables',
  ]
  const cpu = ['-mgeneral-regs-only', '-mstrict-align']
  const board = machine === 'raspi4b' ? ['-DRASPI4'] : []
  const link = ['-nostdlib', '-static', '-Wl,--build-id=none', '-Wl,-T,tiny.lds']
  await writeFile(join(folder, 'tiny.lds'), layout)
  const source = join(import.meta.dirname, 'tiny-kernel.c')
  await execa('aarch64-linux-gnu-gcc', [...code, ...cpu, ...board, ...link, '-o', 'tiny.elf', source], { cwd: folder })
  const pad = ['--gap-fill=0x5a', `--pad-to=${0x1000 + padding}`]
  await execa('aarch64-linux-gnu-objcopy', ['-O', 'binary', ...pad, 'tiny.elf', 'Image'], { cwd: folder })
  return join(folder, 'Image')
}
