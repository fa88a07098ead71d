-- What the guide says can be counted or run. Each statement is the guide's own, without the database's name.
--
--   name     how the check is called
--   section  preflight (before the migration) or postconditions (after it)
--   claim    what the guide says, in our words
--   kind     count (one number, between min and max), parses (the server accepts the syntax), answers (rows come back),
--            sets (a SET GLOBAL that the variable in `watch` follows; what was there is put back)
--   truth    indexes, constraints or views: the number that the schema really holds; the count must equal it too

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
