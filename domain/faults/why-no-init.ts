/** What a kernel says of a program that it should have run as init. */
export interface InitRefused {
  path: string
  errno: number
  /**
   * Whether the file itself is there, as far as that shows: kernel_init_freeable() asks for access to what `rdinit=` names
   * before it is run, and `init=` is run at once.
   */
  file: 'there' | 'missing' | 'unknown'
}

/**
 * Takes how a program failed to become init; returns what such an error means, as the end of a sentence, and undefined for
 * errors that say it themselves. ENOEXEC comes where no binary format takes the file (fs/exec.c
 * search_binary_handler()): `#!` is taken by fs/binfmt_script.c alone (CONFIG_BINFMT_SCRIPT). ENOENT of a file that is there
 * is of what it asks for: the interpreter of a script or of an ELF file (fs/binfmt_elf.c load_elf_binary(), PT_INTERP). Of
 * an initramfs the kernel makes no folder that the archive does not name (init/initramfs.c do_name()), and leaves the files
 * in it out.
 */
export function whyNoInit({ path, errno, file }: InitRefused): string | undefined {
  if (errno === -8)
    return `${path} is in no format that this kernel runs (ENOEXEC): a script needs CONFIG_BINFMT_SCRIPT and begins with #!, a program must be built for this architecture`
  if (errno === -2 && file === 'there')
    return `${path} is there, but not what it asks for (ENOENT): the archive lacks the interpreter behind its #! or the loader of its ELF file, or the folder that it goes into, which the kernel does not make`
  if (errno === -2 && file === 'unknown')
    return `${path} is missing, or what it asks for (ENOENT): the interpreter behind its #! or the loader of its ELF file`
  if (errno === -2) return `there is no ${path} (ENOENT): no archive came, or it lacks the file or its folder`
  if (errno === -13)
    return `${path} may not be executed (EACCES): the file or its interpreter has no execute permission`
  return undefined
}
