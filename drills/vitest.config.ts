import { defineConfig } from 'vitest/config'

const times = process.env['TEST_TIMES']

// Every project but `unit` talks to a real embedded TiDB; nothing of the database is mocked.
export default defineConfig({
  test: {
    // TEST_TIMES is how .ci/run learns what each file took.
    reporters:
      times === undefined
        ? ['verbose']
        : ['verbose', ['json', { outputFile: `${times}/${process.pid}.json` }]],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{helpers,sql,drills}/**/*.test.ts'],
          exclude: ['**/*.server.test.ts'],
          testTimeout: 30_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'server',
          include: ['{helpers,sql,drills}/**/*.server.test.ts'],
          globalSetup: './drills/support/start-server.ts',
          // A server each, started by the global set-up: its global variables and its DDL queue are for one file at a time.
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'drill',
          include: ['drills/**/*.drill.ts'],
          // A drill runs the whole suite as a process of its own; two at once would share the two cores.
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 600_000,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'drill-long',
          include: ['drills/**/*.long.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 600_000,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
})
