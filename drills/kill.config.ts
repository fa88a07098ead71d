import { defineConfig } from 'vitest/config'

// About a quarter of an hour, so it has a script of its own: npm run drill:kill.
export default defineConfig({
  test: {
    include: ['drills/kill.long.ts'],
    reporters: ['verbose'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    disableConsoleIntercept: true,
  },
})
