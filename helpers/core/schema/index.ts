/** `tidb-migration-harness/schema`: reads what a schema is, and tells two of them apart. */
export { openReadSession, type ReadSession, type ServerAddress } from '../server/session.ts'
export { assertUnchanged, describeChanges } from './changes.ts'
export {
  type Column,
  type Constraint,
  type ForeignKey,
  findTable,
  type Index,
  qualifiedName,
  type Snapshot,
  type Table,
  type View,
} from './model.ts'
export { readSnapshot } from './read-snapshot.ts'
