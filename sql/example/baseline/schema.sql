-- Two tables, small on purpose: the example of a migration of your own. `Group` is a reserved word.

CREATE TABLE `Group` (
  group_id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  label VARCHAR(200) NOT NULL COMMENT 'what people call it, e.g. "Nhóm (một), hai"',
  seats INT NOT NULL,
  closed_on DATE NULL
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE Member (
  member_code VARCHAR(20) NOT NULL PRIMARY KEY,
  group_id INT NOT NULL,
  email VARCHAR(255) NOT NULL,
  joined_at DATETIME NOT NULL,
  score DECIMAL(6, 2) NULL,
  CONSTRAINT fk_member_group FOREIGN KEY (group_id) REFERENCES `Group` (group_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
