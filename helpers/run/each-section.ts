import { vi } from 'vitest'

// Vitest runs this before each spec file. One worker runs them all, because a new one for each loads 300 modules anew;
// but a section is given modules of its own, so that none can hold what an earlier section learned.
vi.resetModules()
await import('../core/query-plan/matchers.ts')
