-- What the guide says, each sentence with what it is judged by.
--
--   name     how the check is called; of a plan, the name of its query in queries.sql; of a metric, its name in the table
--   claim    what the guide says, in our words
--   kind     by what it is judged:
--
--   by the statement below it, which is the guide's own, without the database's name
--     count    one number, between min and max; truth (indexes, constraints or views) is the number that the schema really
--              holds: the count must equal it too
--     answers  rows come back
--     parses   the server accepts the syntax; nothing is run
--     refused  the server does not accept the syntax
--     sets     a SET GLOBAL that the variable in `watch` follows; what was there is put back
--     These have a section, too: preflight (before the migration) or postconditions (after it).
--
--   by what the run measures; these have no statement
--     plan     the query is served by a range scan of `index`
--     time     the steps in `of` (indexes, constraints or all) take what `takes` says
--     metric   a row of the guide's table of success: benchmark (the p95 of that query in ms), count (what the schema holds)
--              or traffic (errors), with what it is `before` and `after`: below 50, 45 or more, 18 to 22, or one number
--     backup   mysqldump with `options` saves the whole database

-- name: indexes-before
-- section: preflight
-- claim: Before the migration there are about 20 idx_ indexes
-- kind: count
-- min: 18
-- max: 22
-- truth: indexes
SELECT COUNT(*) AS answer FROM INFORMATION_SCHEMA.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND INDEX_NAME LIKE 'idx_%';

-- name: constraints-before
-- section: preflight
-- claim: Before the migration there is no CHECK constraint
-- kind: count
-- min: 0
-- max: 0
-- truth: constraints
SELECT COUNT(*) AS answer FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = DATABASE() AND CONSTRAINT_TYPE = 'CHECK';

-- name: total-indexes
-- section: postconditions
-- claim: The guide's count shows 40 to 50 indexes after the migration
-- kind: count
-- min: 40
-- max: 50
-- truth: indexes
SELECT COUNT(*) AS answer FROM INFORMATION_SCHEMA.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND INDEX_NAME LIKE 'idx_%';

-- name: total-constraints
-- section: postconditions
-- claim: The guide's count shows 20 or more CHECK constraints after the migration
-- kind: count
-- min: 20
-- truth: constraints
SELECT COUNT(*) AS answer FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = DATABASE() AND CONSTRAINT_TYPE = 'CHECK';

-- name: total-views
-- section: postconditions
-- claim: The guide's count shows 5 views after the migration
-- kind: count
-- min: 5
-- max: 5
-- truth: views
SELECT COUNT(*) AS answer FROM INFORMATION_SCHEMA.VIEWS WHERE TABLE_SCHEMA = DATABASE();

-- name: existing-constraint
-- section: postconditions
-- claim: The guide's query shows whether chk_event_dates is there
-- kind: answers
SELECT CONSTRAINT_NAME FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = DATABASE() AND CONSTRAINT_NAME = 'chk_event_dates';

-- name: add-check-if-not-exists
-- section: postconditions
-- claim: IF NOT EXISTS is not supported for CHECK constraints, so Part B can run only once
-- kind: refused
ALTER TABLE `Event` ADD CONSTRAINT IF NOT EXISTS chk_event_dates CHECK (start_datetime < end_datetime);

-- name: drop-constraint-if-exists
-- section: postconditions
-- claim: DROP CONSTRAINT IF EXISTS rolls a constraint back
-- kind: parses
ALTER TABLE `Event` DROP CONSTRAINT IF EXISTS chk_event_dates;

-- name: slow-log-table
-- section: postconditions
-- claim: mysql.slow_log shows the slow queries
-- kind: answers
SELECT query_time, sql_text FROM mysql.slow_log ORDER BY query_time DESC LIMIT 10;

-- name: show-profiles
-- section: postconditions
-- claim: SHOW PROFILES shows how long a query took
-- kind: answers
SHOW PROFILES;

-- name: long-query-time
-- section: postconditions
-- claim: SET GLOBAL long_query_time says from when on a query is slow
-- kind: sets
-- watch: tidb_slow_log_threshold
SET GLOBAL long_query_time = 0.5;

-- name: event-search
-- claim: A search for '%concert%' in the event name uses idx_event_name
-- kind: plan
-- index: Event.idx_event_name

-- name: featured-events
-- claim: The home page's featured events use idx_published_featured
-- kind: plan
-- index: Event.idx_published_featured

-- name: category-events
-- claim: A category's page uses idx_category_status
-- kind: plan
-- index: Event.idx_category_status

-- name: customer-orders
-- claim: Orders by e-mail use idx_customer_email
-- kind: plan
-- index: Order.idx_customer_email

-- name: user-paid-orders
-- claim: A user's orders of one status use idx_user_status_created
-- kind: plan
-- index: Order.idx_user_status_created

-- name: payment-call-back
-- claim: A payment by its transaction uses idx_transaction
-- kind: plan
-- index: Payment.idx_transaction

-- name: sales-per-event
-- claim: The sums per event over active ticket types use idx_event_active
-- kind: plan
-- index: TicketType.idx_event_active

-- name: guide-command
-- claim: mysqldump --single-transaction makes a backup of the database
-- kind: backup
-- options: --single-transaction

-- name: time-of-indexes
-- claim: Adding the indexes takes about 30 seconds per table
-- kind: time
-- of: indexes
-- takes: 30 seconds a table

-- name: time-of-constraints
-- claim: Adding the constraints takes about 10 seconds per table
-- kind: time
-- of: constraints
-- takes: 10 seconds a table

-- name: time-in-all
-- claim: The migration takes 5 to 10 minutes in all
-- kind: time
-- of: all
-- takes: 300 to 600 seconds in all

-- name: Event search time
-- claim: ~200 ms, then < 50 ms
-- kind: metric
-- benchmark: event-search
-- after: below 50

-- name: Order list time
-- claim: ~150 ms, then < 40 ms
-- kind: metric
-- benchmark: user-paid-orders
-- after: below 40

-- name: Payment lookup
-- claim: ~100 ms, then < 20 ms
-- kind: metric
-- benchmark: payment-call-back
-- after: below 20

-- name: Total indexes
-- claim: ~20, then 45+
-- kind: metric
-- count: indexes
-- before: 18 to 22
-- after: 45 or more

-- name: CHECK constraints
-- claim: 0, then 20+
-- kind: metric
-- count: constraints
-- before: 0
-- after: 20 or more

-- name: Views
-- claim: 5, then 5
-- kind: metric
-- count: views
-- before: 5
-- after: 5

-- name: Application errors
-- claim: -, then 0
-- kind: metric
-- traffic: errors
-- after: 0
