/** The rooms of helpers/, from the bottom up. A room imports from the rooms that stand before it, and from no other. */
export const rooms = [
  // What everything stands on.
  'core/text',
  'core/async',
  'core/process',
  'core/errors',
  'core/config',
  'core/server',
  'core/schema',
  'core/rows',
  'core/query-plan',
  'core/record',
  // From SQL files to steps that ran.
  'migrate/folder',
  'migrate/data',
  'migrate/lock',
  'migrate/step',
  'migrate/precondition',
  'migrate/estimate',
  'migrate/apply',
  // Make a backup, look at it, restore it elsewhere, compare.
  'backup',
  // What lets a target be changed.
  'gate',
  // What the checks ask the server.
  'verify/queries',
  'verify/preflight',
  'verify/enforcement',
  'verify/integrity',
  'verify/benchmark',
  'verify/server-stats',
  'verify/judgeable',
  'verify/application',
  'verify/claims',
  // Buyers beside the migration.
  'traffic',
  // What people and machines read of a run.
  'report',
  // One run: set-up, sections, reporter, verdict.
  'run',
  // What makes docs/benchmarks.md.
  'bench',
  // The commands of package.json.
  'cli',
] as const

/** The files that load a module whose name is only known when they run. No other file may, because nothing can check it. */
export const loadsByName = [
  // A package's version.
  'core/server/prepared/modules.ts',
  // A migration's generator, and its buyers.
  'migrate/data/load-baseline-data.ts',
  'traffic/generator.ts',
] as const
