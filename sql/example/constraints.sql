-- What a CHECK can carry: several columns, OR, strings with quotes, NOT ENFORCED.

SET GLOBAL tidb_enable_check_constraint = ON;

ALTER TABLE `Group` ADD CONSTRAINT chk_seats CHECK ((seats BETWEEN 1 AND 500));
ALTER TABLE `Group` ADD CONSTRAINT chk_label CHECK ((label <> '' AND label <> 'it''s, (none)'));
ALTER TABLE Member ADD CONSTRAINT chk_score CHECK ((score IS NULL OR score >= 0));
ALTER TABLE Member ADD CONSTRAINT chk_email CHECK ((email LIKE '%@%')) NOT ENFORCED;
