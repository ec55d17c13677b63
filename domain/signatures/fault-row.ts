import type { FaultKind, Signature } from './signature.ts'

/** A fault as the tables write it: name, kind, pattern, source, versions. */
export type FaultRow = [name: string, kind: FaultKind, pattern: RegExp, source: string, known: readonly string[]]

/** Makes the signature of a fault of the kernel; its id is `fault.<name>`. */
export function kernelFault(...[name, fault, pattern, source, known]: FaultRow): Signature {
  return { id: `fault.${name}`, pattern, world: 'NS', kind: 'fault', fault, known, source }
}

/** Makes signatures of a table. */
export function rows(make: (...row: FaultRow) => Signature, list: FaultRow[]): Signature[] {
  return list.map((row) => make(...row))
}
