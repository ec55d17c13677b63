import type { BuildFault } from '../../domain/build.ts'

/** Why a build stopped that is not the source's fault. */
export type HostTrouble = 'disk-full' | 'out-of-memory'

/**
 * Listens to a build's output line by line and remembers the first thing that a tool complained of. What a compiler says
 * wins over what make says about the compiler.
 */
export class FirstError {
  #tool: BuildFault | undefined
  #make: BuildFault | undefined
  #linking: { object: string; within: string } | undefined
  #trouble: HostTrouble | undefined
  #misses = false
  readonly #roots: string[]

  /** @param roots folders that are cut off the front of file names, e.g. the source tree and O=. */
  constructor(roots: string[]) {
    this.#roots = roots.map((root) => (root.endsWith('/') ? root : `${root}/`))
  }

  /** The fault so far; undefined when nothing in the output looks like one. */
  get fault(): BuildFault | undefined {
    return this.#tool ?? this.#make
  }

  /** Set when the output says that the host, not the source, made the build fail. */
  get trouble(): HostTrouble | undefined {
    return this.#trouble
  }

  /** Whether anything was complained of because a file was not there. */
  get missesFile(): boolean {
    return this.#misses
  }

  /** @param line one line of output without its newline. */
  line(line: string): void {
    // The compiler's driver says so when the kernel's OOM killer took the compiler proper, and a shell of any other tool.
    if (/No space left on device/.test(line)) this.#trouble ??= 'disk-full'
    if (/fatal error: Killed signal terminated program|: line \d+: +\d+ Killed /.test(line))
      this.#trouble ??= 'out-of-memory'
    this.#misses ||= missing.test(line)
    if (this.#tool !== undefined) return
    const inFunction = /^\S*ld(?:\.\w+)?: (\S+): in function [`'‘](.+?)['’]:$/.exec(line)
    if (inFunction) this.#linking = { object: inFunction[1] ?? '', within: inFunction[2] ?? '' }
    this.#tool = this.#toolFault(line)
    if (this.#tool === undefined) this.#make ??= makeFault(line, (file) => this.#relative(file))
  }

  #toolFault(line: string): BuildFault | undefined {
    for (const [pattern, build] of toolPatterns) {
      const found = pattern.exec(line)
      if (!found) continue
      const fault = build(found.groups ?? {}, this.#linking)
      return fault.file === undefined ? fault : { ...fault, file: this.#relative(fault.file) }
    }
    return undefined
  }

  #relative(file: string): string {
    const root = this.#roots.find((one) => file.startsWith(one))
    const inside = root === undefined ? file : file.slice(root.length)
    return inside.replace(/^\.\//, '')
  }
}

/** How compilers, linkers, make and the shell say that a file is not there, or that there is no folder for it. */
const missing =
  /No such file or directory|No rule to make target|[Cc]annot (?:find|open|create|stat|access)|[Cc]an't (?:find|open|create)|not found$|nonexistent directory|[Ff]ailed to (?:open|create)|FileNotFoundError/

type Groups = Record<string, string | undefined>
type Linking = { object: string; within: string } | undefined

/** What each tool prints; the order matters where two could match the same line. */
const toolPatterns: [RegExp, (groups: Groups, linking: Linking) => BuildFault][] = [
  // gcc and clang: drivers/x.c:12:5: error: ...; dtc and gas print no column, gas with a capital E.
  [/^(?<file>[^\s:][^:]*):(?<line>\d+):(?:\d+:)? (?:fatal )?[Ee]rror: (?<message>.+)$/, located],
  // dtc: Error: x.dts:3.1-5 syntax error
  [/^(?:ERROR|Error): (?<file>[^\s:]+\.dtsi?):(?<line>\d+)\.\S+ (?<message>.+)$/, located],
  // Kconfig: drivers/x/Kconfig:7: syntax error
  [/^(?<file>\S*Kconfig\S*):(?<line>\d+): (?<message>(?!warning).+)$/, located],
  // conf: *** Can't find default configuration "arch/arm64/configs/x_defconfig"!
  [/^\*\*\* (?<message>Can't find default configuration .+?)!?$/, located],
  [/: undefined reference to [`'‘](?<symbol>.+?)['’]/, undefinedReference],
  [/: multiple definition of [`'‘](?<symbol>.+?)['’]; (?<file>\S+):\(/, multipleDefinition],
  // modpost: ERROR: modpost: "foo" [drivers/x.ko] undefined!
  [/^ERROR: modpost: (?:"(?<symbol>[^"]+)" \[(?<file>[^\]]+)\] undefined!|(?<message>.+))$/, modpost],
  // BTF of a kernel: pahole (btf_encoder.c), scripts/link-vmlinux.sh and tools/bpf/resolve_btfids/main.c. What libbpf says
  // between them (`failed to find '.BTF'`) follows from the first or leads to the last.
  [
    /^(?<message>(?:btf_encoder__\w+: .*\b(?:failed|error|cannot)\b.*?|Failed to (?:encode|generate) BTF.*))!?$/i,
    located,
  ],
  [/^(?<message>pahole: .+|BTF: .+: pahole \(.*\) is not available)$/, located],
  [/^(?<message>FAILED(?::| unresolved| cannot) .+)$/, located],
  // GNU ld's own complaints: region overflow, cannot find, relocation truncated.
  [
    /^\S*ld(?:\.\w+)?: (?:(?<file>[^\s:]+\.[ao]):? )?(?<message>.*(?:overflowed by|will not fit in|cannot find|truncated to fit|file format not recognized).*)$/,
    located,
  ],
  // EDK2's build.py and GenFds.py: /source/x.dsc(12): error 3000: ..., (...) for no line, " : error" for no file; its tools
  // in C: GenFv: ERROR 3000: ... (BaseTools/Source/Python/Common/EdkLogger.py and C/Common/EfiUtilityMsgs.c, 2025.02).
  [/^(?: |(?<file>[^\s(][^(]*)\((?:(?<line>\d+)|\.\.\.)\)): error [0-9A-F]{4}: (?<message>.+)$/, located],
  [/^\w+: ERROR \d{4}: (?<message>.+)$/, located],
  // A script of the build in Python.
  [/^(?<message>(?:ModuleNotFoundError|ImportError|SyntaxError): .+)$/, located],
  [/^(?:\/bin\/)?(?:ba|da)?sh: (?:line )?(?:\d+: )?(?<message>\S+: (?:command )?not found)$/, located],
]

function located({ file, line, message }: Groups): BuildFault {
  return {
    message: message ?? '',
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line: Number(line) }),
  }
}

function undefinedReference({ symbol }: Groups, linking: Linking): BuildFault {
  if (linking === undefined) return { message: `undefined reference to ${symbol}` }
  return { message: `undefined reference to ${symbol} in ${linking.within}`, file: linking.object }
}

function multipleDefinition({ symbol, file }: Groups): BuildFault {
  return { message: `multiple definition of ${symbol}`, ...(file === undefined ? {} : { file }) }
}

function modpost({ symbol, file, message }: Groups): BuildFault {
  if (symbol === undefined) return { message: `modpost: ${message}` }
  return {
    message: `modpost: ${symbol} is undefined: nothing in the kernel or its modules exports it`,
    ...(file === undefined ? {} : { file }),
  }
}

/**
 * What make itself says: `make[2]: *** [scripts/Makefile.build:287: init/main.o] Error 1` or
 * `make[1]: *** No rule to make target 'x.c', needed by 'x.o'.  Stop.` (GNU make 4.3).
 */
function makeFault(line: string, relative: (file: string) => string): BuildFault | undefined {
  const recipe = /^make(?:\[\d+\])?: \*\*\* \[(?<file>[^\]:]+):(?<line>\d+): (?<target>[^\]]+)\] (?<end>.+)$/.exec(
    line,
  )?.groups
  if (recipe) {
    return {
      message: `the recipe for ${relative(recipe['target'] ?? '')} failed: ${recipe['end']}`,
      file: relative(recipe['file'] ?? ''),
      line: Number(recipe['line']),
    }
  }
  const said = /^(?:(?<file>[^\s:]+):(?<line>\d+): |make(?:\[\d+\])?: )\*\*\* (?<message>.+?)\.?(?:  Stop\.)?$/.exec(
    line,
  )?.groups
  if (!said) return undefined
  const fault = located(said)
  return fault.file === undefined ? fault : { ...fault, file: relative(fault.file) }
}
