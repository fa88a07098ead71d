INSERT INTO `Group` (group_id, label, seats, closed_on)
WITH digits AS (SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
                UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)
SELECT 1 + a.d + 10 * b.d + 100 * c.d, CONCAT('Nhóm ', a.d + 10 * b.d + 100 * c.d), 10 + a.d, IF(a.d = 3, '2026-01-31', NULL)
  FROM digits AS a, digits AS b, digits AS c;

INSERT INTO Member (member_code, group_id, email, joined_at, score)
WITH digits AS (SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
                UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)
SELECT CONCAT('M', LPAD(a.d + 10 * b.d + 100 * c.d + 1000 * e.d, 5, '0')),
       1 + (a.d + 10 * b.d),
       CONCAT('Member', a.d + 10 * b.d + 100 * c.d + 1000 * e.d, '@example.org'),
       DATE_ADD('2025-01-01', INTERVAL a.d + 10 * b.d + 100 * c.d HOUR),
       IF(a.d = 0, NULL, a.d + 10 * b.d)
  FROM digits AS a, digits AS b, digits AS c, (SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2) AS e;
