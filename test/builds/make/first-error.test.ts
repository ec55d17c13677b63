import { describe, expect, test } from 'vitest'
import { FirstError } from '../../../builds/make/first-error.ts'
import type { BuildFault } from '../../../domain/build.ts'

function firstError(output: string): FirstError {
  const first = new FirstError(['/src/linux', '/cache/o'])
  for (const line of output.split('\n')) first.line(line)
  return first
}

// What gcc 12, binutils 2.40, make 4.3, dtc 1.6 and Linux 6.18.5 really print.
const cases: [string, string, BuildFault][] = [
  [
    'a compile error before what make says of it, and not the second one',
    `  CC      init/main.o
In file included from /src/linux/init/main.c:12:
/src/linux/init/main.c:30:10: warning: unused variable ‘x’ [-Wunused-variable]
/src/linux/init/main.c: In function ‘start_kernel’:
/src/linux/init/main.c:901:9: error: implicit declaration of function ‘foo’ [-Werror=implicit-function-declaration]
/src/linux/init/main.c:902:9: error: ‘bar’ undeclared
make[4]: *** [/src/linux/scripts/Makefile.build:287: init/main.o] Error 1`,
    {
      message: 'implicit declaration of function ‘foo’ [-Werror=implicit-function-declaration]',
      file: 'init/main.c',
      line: 901,
    },
  ],
  [
    'a missing header',
    '/src/linux/drivers/x.c:1:10: fatal error: linux/nope.h: No such file or directory\ncompilation terminated.',
    { message: 'linux/nope.h: No such file or directory', file: 'drivers/x.c', line: 1 },
  ],
  [
    'the assembler',
    "/src/linux/arch/arm64/kernel/head.S: Assembler messages:\n/src/linux/arch/arm64/kernel/head.S:12: Error: unknown mnemonic `movq' -- `movq x0,x1'",
    { message: "unknown mnemonic `movq' -- `movq x0,x1'", file: 'arch/arm64/kernel/head.S', line: 12 },
  ],
  [
    'an undefined reference, with the object and the function that wants it',
    `  LD      .tmp_vmlinux1
aarch64-linux-gnu-ld: init/main.o: in function \`kernel_init':
main.c:(.text+0x4c): undefined reference to \`hyplab_missing'
make[3]: *** [/src/linux/scripts/Makefile.vmlinux:72: vmlinux.unstripped] Error 1`,
    { message: 'undefined reference to hyplab_missing in kernel_init', file: 'init/main.o' },
  ],
  [
    'modpost',
    'ERROR: modpost: "optee_missing" [drivers/tee/optee/optee.ko] undefined!\nmake[3]: *** [/src/linux/scripts/Makefile.modpost:147: Module.symvers] Error 1',
    {
      message: 'modpost: optee_missing is undefined: nothing in the kernel or its modules exports it',
      file: 'drivers/tee/optee/optee.ko',
    },
  ],
  [
    'modpost about a licence',
    "ERROR: modpost: GPL-incompatible module x.ko uses GPL-only symbol 'y'",
    { message: "modpost: GPL-incompatible module x.ko uses GPL-only symbol 'y'" },
  ],
  [
    "EDK2's build tool about a file that it misses",
    '\nbuild.py...\n : error 000E: File/directory not found in workspace\n\t/src/linux/Conf/tools_def.txt\n\n- Failed -',
    { message: 'File/directory not found in workspace' },
  ],
  [
    "EDK2's build tool about a line of a platform file",
    '\nbuild.py...\n/src/linux/ArmVirtPkg/x.dsc(123): error 3000: Invalid statement\n\tnonsense\n',
    { message: 'Invalid statement', file: 'ArmVirtPkg/x.dsc', line: 123 },
  ],
  [
    "EDK2's build tool about a file, without a line",
    '/src/linux/ArmVirtPkg/x.dsc(...): error 4000: Instance of library class [ArmFfaLib] is not found\n\tin [x.inf] [AARCH64]',
    { message: 'Instance of library class [ArmFfaLib] is not found', file: 'ArmVirtPkg/x.dsc' },
  ],
  [
    'a tool that EDK2 misses, before what its build tool makes of it',
    '/bin/sh: 1: iasl: not found\nmake: *** [GNUmakefile:426: /o/RamDisk.aml] Error 127\n\nbuild.py...\n : error 7000: Failed to execute command\n',
    { message: 'iasl: not found' },
  ],
  [
    "EDK2's tools in C",
    'GenFv: ERROR 3000: Invalid\n  the required fv image size 0x2 exceeds the set fv image size 0x1',
    { message: 'Invalid' },
  ],
  [
    'Kconfig syntax',
    "drivers/tee/Kconfig:7: syntax error\ndrivers/tee/Kconfig:6:warning: ignoring unsupported character '@'\nmake[3]: *** [/src/linux/scripts/kconfig/Makefile:85: olddefconfig] Error 1",
    { message: 'syntax error', file: 'drivers/tee/Kconfig', line: 7 },
  ],
  [
    'the device tree compiler',
    'Error: /src/linux/a.dts:3.1-5 syntax error\nFATAL ERROR: Unable to parse input tree',
    { message: 'syntax error', file: 'a.dts', line: 3 },
  ],
  [
    'a missing tool of the build',
    '/bin/sh: 1: bc: not found\nmake[2]: *** [/src/linux/./Kbuild:24: include/generated/timeconst.h] Error 127',
    { message: 'bc: not found' },
  ],
  [
    'make alone, when no tool said anything',
    'make[2]: *** [/src/linux/scripts/Makefile.build:287: init/main.o] Error 1\nmake[1]: *** [/src/linux/Makefile:2010: .] Error 2',
    { message: 'the recipe for init/main.o failed: Error 1', file: 'scripts/Makefile.build', line: 287 },
  ],
  ['no rule', "make[1]: *** No rule to make target 'nothing'.  Stop.", { message: "No rule to make target 'nothing'" }],
  [
    'an error in a makefile',
    '/src/linux/scripts/Makefile:3: *** missing separator.  Stop.',
    { message: 'missing separator', file: 'scripts/Makefile', line: 3 },
  ],
  [
    'pahole, before what becomes of a kernel without BTF',
    `  BTF     .btf.vmlinux.bin.o
btf_encoder__encode: btf__dedup failed!
Failed to encode BTF
  LD      vmlinux
  BTFIDS  vmlinux
libbpf: failed to find '.BTF' ELF section in vmlinux
FAILED: load BTF from vmlinux: No data available
make[1]: *** [/src/linux/scripts/Makefile.vmlinux:35: vmlinux] Error 255
make: *** [/src/linux/Makefile:1252: vmlinux] Error 2`,
    { message: 'btf_encoder__encode: btf__dedup failed' },
  ],
  [
    'a kernel in which resolve_btfids finds no BTF',
    `  BTFIDS  vmlinux
libbpf: failed to find '.BTF' ELF section in vmlinux
FAILED: load BTF from vmlinux: No such file or directory
make: *** [/src/linux/Makefile:1164: vmlinux] Error 255`,
    { message: 'FAILED: load BTF from vmlinux: No such file or directory' },
  ],
  [
    'a symbol that resolve_btfids does not find',
    '  BTFIDS  vmlinux\nFAILED unresolved symbol vfs_truncate\nmake: *** [/src/linux/Makefile:1177: vmlinux] Error 255',
    { message: 'FAILED unresolved symbol vfs_truncate' },
  ],
  [
    'a pahole that is not installed',
    'BTF: .tmp_vmlinux1: pahole (pahole) is not available\nFailed to generate BTF for vmlinux\nTry to disable CONFIG_DEBUG_INFO_BTF',
    { message: 'BTF: .tmp_vmlinux1: pahole (pahole) is not available' },
  ],
  [
    'a region that overflows',
    "aarch64-linux-gnu-ld: region `RAM' overflowed by 4096 bytes",
    { message: "region `RAM' overflowed by 4096 bytes" },
  ],
]

describe('the first thing that went wrong', () => {
  test.each(cases)('%s', (_name, output, fault) => {
    expect(firstError(output).fault).toEqual(fault)
  })

  test('an output without an error has none', () => {
    const output = `make: Entering directory '/cache/o'
  GEN     Makefile
  CC      lib/error-inject.o
  CC      drivers/base/error: x.o
/src/linux/mm/x.c:3:1: note: error: not one
warning: Error recovery disabled`
    expect(firstError(output).fault).toBeUndefined()
  })

  test("the host's troubles are not the source's", () => {
    expect(firstError("/tmp/ccX.s: Fatal error: can't write 12 bytes: No space left on device").trouble).toBe(
      'disk-full',
    )
    expect(firstError('gcc: fatal error: Killed signal terminated program cc1').trouble).toBe('out-of-memory')
    expect(firstError('scripts/link-vmlinux.sh: line 113: 55407 Killed   ${PAHOLE} -J ${1}').trouble).toBe(
      'out-of-memory',
    )
    expect(firstError(cases[0]?.[1] ?? '').trouble).toBeUndefined()
  })
})
