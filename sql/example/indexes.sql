-- What an index can carry: a prefix, an expression, uniqueness, a comment, invisibility.

ALTER TABLE `Group` ADD INDEX idx_label (label(20)) COMMENT 'tìm nhóm theo tên; the "label" box';
ALTER TABLE Member ADD UNIQUE INDEX uq_email ((LOWER(email)));
ALTER TABLE Member ADD INDEX idx_group_joined (group_id, joined_at);
ALTER TABLE Member ADD INDEX idx_score (score) INVISIBLE;
