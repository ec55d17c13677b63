import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** Needs nothing but node_modules. */
const pure = ['test/{domain,golden,reports}/**/*.test.ts']

/** Whole runs of hyplab on real boots. They find the builds of plans/first-look.yaml made. */
const boots = ['test/e2e/**/*.test.ts', 'test/docs/run-*.test.ts']

/**
 * What `npm test` leaves to `npm run test:rest`: other kernels and firmware, faults, builds in the middle, heartbeats that
 * have to run out, and what needs `testPackages`.
 */
const slow = {
  /** Most of them compile. */
  machine: [
    'test/others-tools/**/*.test.ts',
    'test/security/mtls.test.ts',
    'test/builds/kernel/{build-kernel,other-tree,refused,deleted-cache}.test.ts',
    'test/setup/install-packages.test.ts',
    'test/builds/source/{deb-mirror,newest-debian}.test.ts',
    'test/builds/source/apt/kernel-releases.test.ts',
    'test/activities/rebuild.test.ts',
    'test/builds/firmware/{build-firmware,fvp-full-images}.test.ts',
  ],
  /** Most of them wait for time limits and for servers. */
  services: [
    'test/worker/{service-{death,folders,sentences},state-disk,run-watch}.test.ts',
    'test/targets/qemu/pulse.test.ts',
    'test/store/processes.test.ts',
    'test/nights/{year,bisect-simulation}.test.ts',
    'test/activities/keeping/{histories,kill,small-disk}.test.ts',
    'test/cli/{gc,report,searches}.test.ts',
    'test/setup/tests.test.ts',
    'test/workflows/{run-search,long-run}.test.ts',
  ],
  /** Places of a lab and schedules, most of them behind real daemons. */
  daemons: ['test/**/*.daemon.test.ts', 'test/cli/{places,schedule}.test.ts', 'test/activities/lease-place.test.ts'],
  boots: [
    'test/e2e/{thread,firmware-faults,hostile-caller,kernel-fault,rack,raspi4,mmc,damaged-artifact,crash-boot}.test.ts',
    'test/e2e/{reproduce,no-service,nights,regression,fvp-full}.test.ts',
    'test/e2e/{faults,standstill,broken-build,crash-build,shared-build,keeping}.test.ts',
    'test/e2e/{told-nights,moved-branch,inputs-stand-still}.test.ts',
    'test/docs/run-*.test.ts',
  ],
}

const cores = availableParallelism()
const minutes = 60_000

const onBoots = {
  globalSetup: 'test/e2e/shared-folder.ts',
  testTimeout: 5 * minutes,
  // A machine without a cache builds two kernels and the firmware before the first boot.
  hookTimeout: 45 * minutes,
}

/**
 * A file is in one project by its folder, unless it is listed as slow. The projects whose names begin with `rest` are what
 * `npm run test:rest` runs, the others are `npm test`; they run one after the other, the files of each side by side.
 */
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: cores,
    projects: [
      {
        extends: true,
        // Nothing in them outlives a test, so that what they import needs to be loaded only once.
        test: { name: 'pure', include: pure, isolate: false, testTimeout: minutes, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: {
          name: 'machine',
          include: ['test/**/*.test.ts'],
          exclude: [...pure, ...boots, ...slow.machine, ...slow.services, ...slow.daemons, ...slow.boots],
          testTimeout: 2 * minutes,
          hookTimeout: 2 * minutes,
          // They wait for servers and time limits more than they compute.
          maxWorkers: cores + 1,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          ...onBoots,
          name: 'boots',
          include: boots,
          exclude: slow.boots,
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        test: {
          name: 'rest',
          include: slow.machine,
          // Compilers keep all cores busy by themselves.
          fileParallelism: false,
          testTimeout: 2 * minutes,
          hookTimeout: 2 * minutes,
          sequence: { groupOrder: 4 },
        },
      },
      {
        extends: true,
        test: {
          name: 'rest-daemons',
          include: [...slow.services, ...slow.daemons],
          testTimeout: 2 * minutes,
          hookTimeout: 2 * minutes,
          // They wait for daemons and time limits more than they compute.
          maxWorkers: cores + 1,
          sequence: { groupOrder: 5 },
        },
      },
      {
        extends: true,
        test: {
          ...onBoots,
          name: 'rest-boots',
          include: slow.boots,
          // Two at once take twice as long each, and some kernels look at their clock.
          fileParallelism: false,
          sequence: { groupOrder: 6 },
        },
      },
    ],
  },
})
