-- name: group-by-label
-- title: groups with one name
-- index: Group.idx_label
-- expect: range
SELECT group_id FROM `Group` WHERE label = 'Nhóm 42';

-- name: member-by-email
-- title: a member by e-mail, whatever its case
-- index: Member.uq_email
-- expect: range
SELECT member_code FROM Member WHERE LOWER(email) = 'member42@example.org';

-- name: newest-members
-- title: the newest members of a group
-- index: Member.idx_group_joined
-- expect: range, keep-order
-- params: SELECT group_id AS chosen FROM Member ORDER BY member_code LIMIT 1
SELECT member_code, joined_at FROM Member WHERE group_id = :chosen ORDER BY joined_at DESC LIMIT 5;
