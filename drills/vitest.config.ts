import { defineConfig } from 'vitest/config'

// Every project but `unit` talks to a real embedded TiDB; nothing of the database is mocked.
export default defineConfig({
  test: {
    reporters: ['verbose'],
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
          // They share one server, with its global variables, its DDL queue and its runner's lock.
          fileParallelism: false,
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
