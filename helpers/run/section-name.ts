/** The sections of the guide, each a file of specs/. */
export type SectionName =
  | 'preflight'
  | 'benchmark-before'
  | 'backup'
  | 'indexes'
  | 'constraints'
  | 'postconditions'
  | 'query-plans'
  | 'integrity'
  | 'application'
  | 'benchmark'
  | 'rollback'
  | 'metrics'
