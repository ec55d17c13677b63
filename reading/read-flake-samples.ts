import { placeKey } from '../domain/lab/place-key.ts'
import type { Sample } from '../domain/flake/sample.ts'
import { inventoriesOf, type RunOptions } from '../store/runs.ts'
import { readSamples, type SampleQuery } from '../store/samples.ts'
import type { Store } from '../store/store.ts'
import { keptLab } from './kept-lab.ts'

/** The last attempts of each cell, as `readSamples` has them, with the host of the place that each ran on. */
export async function readFlakeSamples(store: Store, query: SampleQuery): Promise<Sample[]> {
  const samples = await readSamples(store, query)
  const labs = await inventoriesOf(store, [...new Set(samples.map(runOf))])
  const hosts = new Map<string, Promise<Map<string, string>>>()
  return await Promise.all(
    samples.map(async (sample) => {
      const lab = labs.get(runOf(sample))
      const { place } = sample.made
      if (lab === undefined || place === undefined) return sample
      const known = hosts.get(lab.sha256) ?? hostsOf(store, lab)
      hosts.set(lab.sha256, known)
      const host = (await known).get(place)
      return host === undefined ? sample : { ...sample, made: { ...sample.made, host } }
    }),
  )
}

/** The host of each place of a lab, by the place's key; none where the lab is known no longer. */
async function hostsOf(store: Store, kept: NonNullable<RunOptions['inventory']>): Promise<Map<string, string>> {
  const lab = await keptLab(store, kept).catch(() => undefined)
  return new Map(lab ? Object.values(lab.places).map(({ name, host }) => [placeKey(lab, name), host]) : [])
}

function runOf({ attempt }: Sample): number {
  return Number(attempt.split('.')[0])
}
