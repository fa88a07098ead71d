-- What the buyers of a rehearsal need: users of their own, and events with two ticket types that do not sell out.
-- Made from rows that are there, so that every reference holds and the query plans see nothing unusual.
-- Runs in the filled database, before anything is recorded. migration.json names these rows in `ownRows`.

INSERT INTO `User` (role_id, email, password_hash, full_name, phone, created_at, updated_at)
SELECT role_id, CONCAT('traffic.', user_id, '@example.vn'), password_hash, full_name, phone, created_at, updated_at
  FROM `User` ORDER BY user_id LIMIT 50;

INSERT INTO Event (category_id, venue_id, manager_id, event_name, description, start_datetime, end_datetime,
  sale_start_datetime, sale_end_datetime, total_capacity, sold_tickets, status, is_featured, created_at, updated_at, group_id)
SELECT category_id, venue_id, manager_id, CONCAT('Traffic ', event_name), description, start_datetime, end_datetime,
       sale_start_datetime, sale_end_datetime, 2000000, 0, 'PUBLISHED', is_featured, created_at, updated_at, 'traffic'
  FROM Event
 WHERE status = 'PUBLISHED' AND deleted_at IS NULL
   AND start_datetime > (SELECT MAX(start_datetime) - INTERVAL 90 DAY FROM Event WHERE status = 'PUBLISHED')
 ORDER BY start_datetime, event_id LIMIT 4;

-- One after the other, because a UNION comes in any order.
INSERT INTO TicketType (event_id, type_name, price, quantity, sold_quantity, max_per_order, is_active, created_at)
SELECT event_id, 'Traffic standard', 250000, 1000000, 0, 10, 1, created_at FROM Event WHERE group_id = 'traffic' ORDER BY event_id;
INSERT INTO TicketType (event_id, type_name, price, quantity, sold_quantity, max_per_order, is_active, created_at)
SELECT event_id, 'Traffic VIP', 900000, 1000000, 0, 10, 1, created_at FROM Event WHERE group_id = 'traffic' ORDER BY event_id;
