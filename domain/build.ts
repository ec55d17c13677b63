/** A build's name: the hash of everything that can change its bytes, and what was hashed, for people. */
export interface BuildIdentity {
  kind: 'kernel' | 'firmware'
  /** The plan's name for it, not part of the hash. */
  name: string
  /** sha256 in hex over the canonical JSON of `inputs`. */
  id: string
  inputs: Record<string, unknown>
}

/** The first thing that the compiler or make complained of. */
export interface BuildFault {
  /** One sentence. */
  message: string
  /** As the tool printed it, relative to the source tree where possible. */
  file?: string
  line?: number
}

/** A build's fault as one sentence, the place before it as compilers write it: `guest/x/x.c:12: 'y' undeclared`. */
export function describeFault(fault: BuildFault | null | undefined): string {
  if (!fault) return 'no reason is known'
  const { file, line, message } = fault
  if (file === undefined) return message
  return `${file}${line === undefined ? '' : `:${line}`}: ${message}`
}
