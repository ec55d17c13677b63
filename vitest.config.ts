import { defineConfig } from 'vitest/config'

const boots = ['test/e2e/**/*.test.ts', 'test/docs/run-commands.test.ts']
/** Each of them keeps all cores busy by itself, and two at once only slow each other down. */
const heavy = [
  'test/builds/**/*.test.ts',
  'test/targets/**/*.test.ts',
  'test/store/{processes,speed}.test.ts',
  'test/worker/service.test.ts',
]

/** Three groups, one after the other: quick ones side by side, then those that need the machine, then whole runs on real boots. */
export default defineConfig({
  test: {
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: [...boots, ...heavy],
          maxWorkers: 2,
          testTimeout: 20_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'heavy',
          include: heavy,
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'boots',
          include: boots,
          globalSetup: 'test/e2e/shared-folder.ts',
          fileParallelism: false,
          // The first one may find a machine without a cache, and builds everything.
          testTimeout: 300_000,
          hookTimeout: 2_700_000,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
})
