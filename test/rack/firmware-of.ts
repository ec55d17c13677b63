import { artifactPath } from '../../store/artifacts.ts'
import { runDetail } from '../../store/details.ts'
import { latestRun } from '../../store/runs.ts'
import { openStore } from '../../store/store.ts'

/**
 * The firmware that the boards of the rack have in their flash: what the newest run of a state folder built for QEMU.
 * @throws Error when that run built none
 */
export async function firmwareOf(state: string): Promise<string> {
  const store = await openStore(state)
  try {
    const run = await latestRun(store)
    const builds = run ? (await runDetail(store, run.id)).builds : []
    const products = builds.flatMap((build) => (build.kind === 'firmware' ? build.products : []))
    const flash = products.find(({ name }) => name === 'qemu_fw.bios')
    if (!flash) throw new Error(`${state} has no firmware: build plans/rack.yaml first.`)
    return artifactPath(store, flash.sha256)
  } finally {
    await store.close()
  }
}
