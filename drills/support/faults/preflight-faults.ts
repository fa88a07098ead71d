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
    fault: 'a table is missing',
    put: ['RENAME TABLE Banner TO Banner_away'],
    takeOut: ['RENAME TABLE Banner_away TO Banner'],
    red: ['preflight.tables[Banner]'],
    says: /TABLE_MISSING: The table Banner does not exist/,
  },
  {
    fault: 'a table of the same name has other columns',
    put: [
      'ALTER TABLE Banner MODIFY COLUMN title VARCHAR(300)',
      'ALTER TABLE Banner RENAME COLUMN link TO href',
    ],
    takeOut: [
      'ALTER TABLE Banner MODIFY COLUMN title VARCHAR(255)',
      'ALTER TABLE Banner RENAME COLUMN href TO link',
    ],
    red: ['preflight.tables[Banner]'],
    says: /TABLE_DIFFERENT[\s\S]*wanted title varchar\(255\), found title varchar\(300\)[\s\S]*lacks link varchar\(500\)/,
  },
  {
    fault: 'an index of before is missing',
    put: ['ALTER TABLE Venue DROP INDEX idx_city'],
    takeOut: ['ALTER TABLE Venue ADD INDEX idx_city (city)'],
    red: ['preflight.indexes[Venue.idx_city]'],
    says: /INDEX_MISSING: The index Venue\.idx_city of the schema before[\s\S]*ALTER TABLE `Venue` ADD KEY `idx_city` \(`city`\)/,
  },
  {
    fault: 'the audit table is gone',
    put: ['RENAME TABLE AuditLog TO AuditLog_away'],
    takeOut: ['RENAME TABLE AuditLog_away TO AuditLog'],
    red: [
      'preflight.audit-log',
      'preflight.tables[AuditLog]',
      'preflight.orphans[AuditLog.fk_1]',
      'preflight.indexes[AuditLog.idx_changed_at]',
      'preflight.indexes[AuditLog.idx_changed_by]',
      'preflight.indexes[AuditLog.idx_table_record]',
    ],
    says: /AuditLog/,
  },
  {
    fault: 'a table has lost its soft-delete column',
    put: ['ALTER TABLE Ticket RENAME COLUMN deleted_at TO removed_at'],
    takeOut: ['ALTER TABLE Ticket RENAME COLUMN removed_at TO deleted_at'],
    red: [
      'preflight.soft-delete[Ticket]',
      'preflight.tables[Ticket]',
      'preflight.indexes[Ticket.deleted_at]',
      'preflight.indexes[Ticket.idx_deleted_at]',
    ],
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
