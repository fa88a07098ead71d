import { defineConfig } from 'vitest/config'

// What takes longer than npm test may: npm run drill:kill, and npm run drill:long for all the others.
export default defineConfig({
  test: {
    include: ['drills/*.long.ts'],
    reporters: ['verbose'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 600_000,
    disableConsoleIntercept: true,
  },
})
