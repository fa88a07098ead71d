SET GLOBAL tidb_enable_check_constraint = ON;

ALTER TABLE `Group` DROP CONSTRAINT chk_seats;
ALTER TABLE `Group` DROP CONSTRAINT chk_label;
ALTER TABLE Member DROP CONSTRAINT chk_score;
ALTER TABLE Member DROP CONSTRAINT chk_email;

ALTER TABLE `Group` DROP INDEX idx_label;
ALTER TABLE Member DROP INDEX uq_email;
ALTER TABLE Member DROP INDEX idx_group_joined;
ALTER TABLE Member DROP INDEX idx_score;
