/** A number with what it counts: `1 cell`, `2 cells`. @param many where it is not `one` with an s, e.g. `entries` */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
