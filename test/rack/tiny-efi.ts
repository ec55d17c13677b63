import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'

/** A header of a page, then all in one piece: it runs wherever it is loaded. */
const layout = `
SECTIONS {
  . = 0;
  .head : { *(.head) }
  . = 0x1000;
  .text : { *(.text*) *(.rodata*) *(.got*) *(.data*) *(.bss*) }
  /DISCARD/ : { *(.comment) *(.note*) *(.eh_frame*) *(.dyn*) *(.gnu*) *(.hash) *(.interp) *(.rela*) }
}
`

/** Compiles `tiny-efi.c` to an EFI application for arm64; returns its path. @param folder where its files are made */
export async function tinyEfi(folder: string): Promise<string> {
  const code = ['-O1', '-ffreestanding', '-fPIE', '-fno-builtin', '-fno-stack-protector', '-fno-jump-tables']
  const cpu = ['-mgeneral-regs-only', '-fno-asynchronous-unwind-tables']
  const link = ['-nostdlib', '-static', '-Wl,--build-id=none', '-Wl,-T,efi.lds', '-Wl,-e,main']
  await writeFile(join(folder, 'efi.lds'), layout)
  const source = join(import.meta.dirname, 'tiny-efi.c')
  await execa('aarch64-linux-gnu-gcc', [...code, ...cpu, ...link, '-o', 'efi.elf', source], { cwd: folder })
  await execa('aarch64-linux-gnu-objcopy', ['-O', 'binary', '--pad-to=0x4000', 'efi.elf', 'tiny.efi'], { cwd: folder })
  return join(folder, 'tiny.efi')
}
