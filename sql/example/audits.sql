-- name: seats
-- title: groups without seats
SELECT COUNT(*) AS `count` FROM `Group` WHERE seats <= 0;
