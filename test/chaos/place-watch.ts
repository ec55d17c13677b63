import { findProcesses } from '../../host/process-identity.ts'

/** How often is looked; two machines that get in each other's way do so for longer. */
const everyMs = 500
const qemu = /^\S*qemu-system-aarch64 [\s\S]*?(?<state>\/[^\s,=]*)\/attempts\/(?<place>\d+\.\d+)\.(?<number>\d+)\//

/** Watches that no two machines run for one cell, whatever the rows say. One for all labs: it looks at every process. */
export class PlaceWatch {
  readonly #timer: NodeJS.Timeout
  readonly #seen = new Map<string, Set<string>>()

  constructor() {
    this.#timer = setInterval(() => this.#look(), everyMs)
  }

  /** What was seen of a state folder since it was asked last: one sentence for each pair of attempts. */
  overlaps(state: string): string[] {
    const seen = [...(this.#seen.get(state) ?? [])]
    this.#seen.delete(state)
    return seen
  }

  end(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const machines = findProcesses(({ commandLine }) => qemu.test(commandLine))
    for (const [state, sentences] of sharedPlaces(machines.map(({ commandLine }) => commandLine)))
      this.#seen.set(state, new Set([...(this.#seen.get(state) ?? []), ...sentences]))
  }
}

/** Takes the command lines of processes; returns by state folder which attempts of one cell run beside each other. */
export function sharedPlaces(commandLines: readonly string[]): Map<string, string[]> {
  const machines = commandLines.map((line) => qemu.exec(line)?.groups).filter((groups) => groups !== undefined)
  const places = Map.groupBy(machines, ({ state, place }) => `${state}/${place}`)
  const shared = new Map<string, string[]>()
  for (const here of places.values()) {
    if (here.length < 2) continue
    const { state, place } = here[0] as { state: string; place: string }
    const attempts = here.map(({ number }) => `${place}.${number}`).toSorted()
    shared.set(state, [...(shared.get(state) ?? []), `machines of ${attempts.join(' and ')} ran at once`])
  }
  return shared
}
