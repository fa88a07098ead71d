import { lockedView } from '../fixture.ts'
import type { Fault } from './fault.ts'

/** Faults in the schema after a migration that went well. */
export const schemaFaults: readonly Fault[] = [
  {
    fault: 'an index is missing',
    put: ['ALTER TABLE Payment DROP INDEX idx_transaction'],
    takeOut: ['ALTER TABLE Payment ADD INDEX idx_transaction (transaction_id)', 'ANALYZE TABLE Payment'],
    red: [
      'postconditions.indexes[Payment.idx_transaction]',
      'integrity.index-count[Payment.idx_transaction]',
      'query-plans.payment-call-back',
      'query-plans.used[Payment.idx_transaction]',
    ],
    says: /INDEX_MISSING: The index Payment\.idx_transaction is missing[\s\S]*next: ALTER TABLE `Payment` ADD KEY `idx_transaction`/,
  },
  {
    fault: 'the columns of an index are swapped',
    put: [
      'ALTER TABLE Payment DROP INDEX idx_method_status',
      'ALTER TABLE Payment ADD INDEX idx_method_status (payment_status, payment_method)',
      'ANALYZE TABLE Payment',
    ],
    takeOut: [
      'ALTER TABLE Payment DROP INDEX idx_method_status',
      'ALTER TABLE Payment ADD INDEX idx_method_status (payment_method, payment_status)',
      'ANALYZE TABLE Payment',
    ],
    red: ['postconditions.indexes[Payment.idx_method_status]'],
    says: /INDEX_DIFFERENT[\s\S]*wanted .*`payment_method`,`payment_status`[\s\S]*found .*`payment_status`,`payment_method`/,
  },
  {
    fault: 'the prefix of an index has another length',
    put: [
      'ALTER TABLE Event DROP INDEX idx_event_name',
      'ALTER TABLE Event ADD INDEX idx_event_name (event_name(50))',
      'ANALYZE TABLE Event',
    ],
    takeOut: [
      'ALTER TABLE Event DROP INDEX idx_event_name',
      'ALTER TABLE Event ADD INDEX idx_event_name (event_name(100))',
      'ANALYZE TABLE Event',
    ],
    red: ['postconditions.indexes[Event.idx_event_name]'],
    says: /wanted .*`event_name`\(100\)[\s\S]*found .*`event_name`\(50\)/,
  },
  {
    fault: 'an index is invisible',
    put: ['ALTER TABLE `Order` ALTER INDEX idx_customer_email INVISIBLE'],
    takeOut: ['ALTER TABLE `Order` ALTER INDEX idx_customer_email VISIBLE'],
    red: [
      'postconditions.indexes[Order.idx_customer_email]',
      'integrity.index-count[Order.idx_customer_email]',
      'query-plans.customer-orders',
      'query-plans.used[Order.idx_customer_email]',
    ],
    says: /INDEX_DIFFERENT[\s\S]*found .*INVISIBLE/,
  },
  {
    fault: 'a constraint is NOT ENFORCED',
    put: ['ALTER TABLE Event ALTER CONSTRAINT chk_event_dates NOT ENFORCED'],
    takeOut: ['ALTER TABLE Event ALTER CONSTRAINT chk_event_dates ENFORCED'],
    red: [
      'postconditions.constraints[Event.chk_event_dates]',
      'postconditions.enforcement[Event.chk_event_dates]',
    ],
    says: /CONSTRAINT_DIFFERENT[\s\S]*found .*NOT ENFORCED/,
  },
  {
    fault: 'a constraint stands on the wrong table',
    put: [
      'ALTER TABLE Ticket DROP CONSTRAINT chk_ticket_price_positive',
      'ALTER TABLE TicketType ADD CONSTRAINT chk_ticket_price_positive CHECK ((price >= 0))',
    ],
    takeOut: [
      'ALTER TABLE TicketType DROP CONSTRAINT chk_ticket_price_positive',
      'ALTER TABLE Ticket ADD CONSTRAINT chk_ticket_price_positive CHECK ((price >= 0))',
    ],
    red: [
      'postconditions.constraints[Ticket.chk_ticket_price_positive]',
      'postconditions.enforcement[Ticket.chk_ticket_price_positive]',
      'postconditions.nothing-else',
    ],
    says: /wanted +Ticket\.chk_ticket_price_positive[\s\S]*found +TicketType\.chk_ticket_price_positive/,
  },
  {
    fault: 'a constraint has another clause',
    put: [
      'ALTER TABLE Payment DROP CONSTRAINT chk_payment_amount',
      'ALTER TABLE Payment ADD CONSTRAINT chk_payment_amount CHECK ((amount >= -1))',
    ],
    takeOut: [
      'ALTER TABLE Payment DROP CONSTRAINT chk_payment_amount',
      'ALTER TABLE Payment ADD CONSTRAINT chk_payment_amount CHECK ((amount >= 0))',
    ],
    red: [
      'postconditions.constraints[Payment.chk_payment_amount]',
      'postconditions.enforcement[Payment.chk_payment_amount]',
    ],
    says: /wanted .*`amount` >= 0[\s\S]*found .*`amount` >= -1/,
  },
  {
    fault: 'a table has an extra column',
    put: ['ALTER TABLE Venue ADD COLUMN surprise INT'],
    takeOut: ['ALTER TABLE Venue DROP COLUMN surprise'],
    red: ['postconditions.nothing-else'],
    says: /surprise/,
  },
  {
    fault: 'a view no longer answers',
    put: [
      'CREATE TABLE gone (id INT)',
      'CREATE OR REPLACE VIEW v_order_list AS SELECT id FROM gone',
      'DROP TABLE gone',
    ],
    takeOut: [lockedView('v_order_list')],
    red: ['postconditions.views[v_order_list]', 'postconditions.nothing-else'],
    says: /VIEW_BROKEN: The view v_order_list does not answer/,
  },
  {
    fault: 'CREATE TABLE … LIKE has renamed the constraints of the table it copied (#71057)',
    put: ['CREATE TABLE test.copied LIKE Payment'],
    // The next DDL on the table makes the server read its own record of it again.
    takeOut: ['DROP TABLE test.copied', "ALTER TABLE Payment COMMENT = ''"],
    red: [
      'postconditions.constraints[Payment.chk_payment_amount]',
      'postconditions.enforcement[Payment.chk_payment_amount]',
      'postconditions.nothing-else',
    ],
    says: /CONSTRAINT_MISSING: The constraint Payment\.chk_payment_amount is missing/,
  },
]
