import { lockedView } from '../fixture.ts'
import type { Fault } from './fault.ts'

/** Faults that stand in the way of a migration; the preflight must find each. */
export const preflightFaults: readonly Fault[] = [
  {
    fault: 'a row breaks a constraint',
    put: [
      'UPDATE Event SET end_datetime = DATE_SUB(start_datetime, INTERVAL 1 HOUR) WHERE event_id IN (3, 5)',
    ],
    takeOut: [
      'UPDATE Event SET end_datetime = DATE_ADD(start_datetime, INTERVAL 2 HOUR) WHERE event_id IN (3, 5)',
    ],
    red: ['preflight.violations[Event.chk_event_dates]'],
    says: /VIOLATING_ROWS: Event\.chk_event_dates .*: 2 rows break it[\s\S]*"event_id":3[\s\S]*"event_id":5[\s\S]*remedy: UPDATE `Event` SET end_datetime = DATE_ADD\(start_datetime, INTERVAL 2 HOUR\)/,
  },
  {
    fault: 'a row has no parent',
    put: ['SET foreign_key_checks = 0', 'UPDATE AuditLog SET changed_by = 999999 WHERE audit_id = 4'],
    takeOut: ['UPDATE AuditLog SET changed_by = NULL WHERE audit_id = 4'],
    red: ['preflight.orphans[AuditLog.fk_1]'],
    says: /ORPHANS: 1 rows of AuditLog name a User that does not exist\. The first: \[\{"audit_id":4,"changed_by":999999\}\]/,
  },
  {
    fault: 'a view no longer answers',
    put: [
      'CREATE TABLE gone (id INT)',
      'CREATE OR REPLACE VIEW v_order_list AS SELECT id FROM gone',
      'DROP TABLE gone',
    ],
    takeOut: [lockedView('v_order_list')],
    red: ['preflight.views[v_order_list]'],
    says: /VIEW_BROKEN: The view v_order_list does not answer/,
  },
  {
    fault: 'a table that the lock adds to is missing',
    put: ['RENAME TABLE FavoriteEvent TO FavoriteEvent_away'],
    takeOut: ['RENAME TABLE FavoriteEvent_away TO FavoriteEvent'],
    red: ['preflight.tables[FavoriteEvent]'],
    says: /TABLE_MISSING: The table FavoriteEvent does not exist/,
  },
  {
    fault: 'columns that the lock names are others',
    put: [
      'ALTER TABLE Payment MODIFY COLUMN transaction_id VARCHAR(300)',
      'ALTER TABLE FavoriteEvent RENAME COLUMN created_at TO made_at',
    ],
    takeOut: [
      'ALTER TABLE Payment MODIFY COLUMN transaction_id VARCHAR(255)',
      'ALTER TABLE FavoriteEvent RENAME COLUMN made_at TO created_at',
    ],
    red: ['preflight.tables[Payment]', 'preflight.tables[FavoriteEvent]'],
    says: /TABLE_DIFFERENT[\s\S]*wanted transaction_id varchar\(255\) .*, found transaction_id varchar\(300\) .* \(idx_transaction\)/,
  },
  {
    fault: 'the audit table is gone',
    put: ['RENAME TABLE AuditLog TO AuditLog_away'],
    takeOut: ['RENAME TABLE AuditLog_away TO AuditLog'],
    red: ['preflight.audit-log', 'preflight.tables[AuditLog]'],
    says: /AuditLog/,
  },
  {
    fault: 'a table has lost its soft-delete column',
    put: ['ALTER TABLE Ticket RENAME COLUMN deleted_at TO removed_at'],
    takeOut: ['ALTER TABLE Ticket RENAME COLUMN removed_at TO deleted_at'],
    red: ['preflight.soft-delete[Ticket]'],
    says: /deleted_at/,
  },
  {
    fault: 'a name of the lock is taken by an index on other columns',
    put: ['ALTER TABLE Payment ADD INDEX idx_transaction (amount)'],
    takeOut: ['ALTER TABLE Payment DROP INDEX idx_transaction'],
    red: ['preflight.conflicts'],
    says: /SCHEMA_DIFFERENT[\s\S]*wanted .*`idx_transaction` \(`transaction_id`\)[\s\S]*found .*`idx_transaction` \(`amount`\)/,
  },
]
