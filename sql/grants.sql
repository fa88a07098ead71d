-- Two accounts for the gate, with the least that each needs. An administrator runs this once:
--   mysql -h HOST -P 4000 -u root -p < sql/grants.sql
-- Before that, put the name of your database for ticketbookingdb, and passwords of your own for the two CHANGE-ME.
-- On TiDB Cloud, put your cluster's prefix before both names: 'PREFIX.migration_check'.

-- MODE=check and npm run backup: reads, and can change nothing.
CREATE USER 'migration_check'@'%' IDENTIFIED BY 'CHANGE-ME-check' REQUIRE SSL;
GRANT SELECT, SHOW VIEW ON `ticketbookingdb`.* TO 'migration_check'@'%';
-- Without PROCESS it sees only its own transactions and connections, and a backup must end within tidb_gc_life_time.
GRANT PROCESS ON *.* TO 'migration_check'@'%';

-- MODE=apply and MODE=rollback. INSERT is for ANALYZE; INSERT and UPDATE for the probes, which are rolled back.
CREATE USER 'migration_apply'@'%' IDENTIFIED BY 'CHANGE-ME-apply' REQUIRE SSL;
GRANT SELECT, SHOW VIEW, ALTER, INDEX, INSERT, UPDATE ON `ticketbookingdb`.* TO 'migration_apply'@'%';
GRANT PROCESS ON *.* TO 'migration_apply'@'%';
-- To turn the switch for CHECK constraints ON (tidb_enable_check_constraint), and to put it back. Also for what apply sets
-- meanwhile: tidb_ddl_enable_fast_reorg where it is not safe, tidb_ddl_reorg_worker_cnt and tidb_ddl_reorg_batch_size if
-- DDL_WORKERS and DDL_BATCH_SIZE are set. Without any of these, as with the switch ON already, it can be left out.
GRANT SYSTEM_VARIABLES_ADMIN ON *.* TO 'migration_apply'@'%';

-- If you wish: ADMIN CHECK TABLE, which compares rows and indexes, needs SUPER. Without it these checks are skipped and
-- the report says so.
-- GRANT SUPER ON *.* TO 'migration_apply'@'%';
