-- The 5 views of the ticket booking database as they are before V3.
-- Runs in the database that holds the tables of schema.sql.
-- No view ends in GROUP BY: a dump adds WITH CASCADED CHECK OPTION, and TiDB reads that as WITH ROLLUP.

CREATE VIEW v_active_events AS
SELECT
  e.event_id,
  e.category_id,
  e.venue_id,
  e.manager_id,
  e.event_name,
  e.description,
  e.start_datetime,
  e.end_datetime,
  e.sale_start_datetime,
  e.sale_end_datetime,
  e.banner_image_url,
  e.total_capacity,
  e.sold_tickets,
  e.status,
  e.is_featured,
  e.created_at,
  e.updated_at,
  e.group_id,
  e.deleted_at,
  c.category_name,
  v.venue_name,
  v.city,
  v.address,
  u.full_name AS manager_name
FROM Event e
JOIN EventCategory c ON c.category_id = e.category_id
JOIN Venue v ON v.venue_id = e.venue_id
JOIN `User` u ON u.user_id = e.manager_id
WHERE e.deleted_at IS NULL
  AND e.status IN ('PUBLISHED', 'ONGOING');

CREATE VIEW v_published_events AS
SELECT
  e.event_id,
  e.event_name,
  e.description,
  e.start_datetime,
  e.end_datetime,
  e.banner_image_url,
  e.total_capacity,
  e.sold_tickets,
  e.is_featured,
  e.status,
  c.category_name,
  v.venue_name,
  v.city
FROM Event e
JOIN EventCategory c ON c.category_id = e.category_id
JOIN Venue v ON v.venue_id = e.venue_id
WHERE e.deleted_at IS NULL
  AND e.status = 'PUBLISHED';

-- An order with three tickets of one event counts once, and so does its amount.
CREATE VIEW v_event_statistics AS
SELECT
  e.event_id,
  e.event_name,
  e.status,
  e.total_capacity,
  e.sold_tickets,
  e.total_capacity - e.sold_tickets AS available_tickets,
  ROUND(e.sold_tickets / e.total_capacity * 100, 2) AS occupancy_rate,
  COALESCE(paid.orders, 0) AS total_orders,
  COALESCE(paid.revenue, 0) AS total_revenue
FROM Event e
LEFT JOIN (
  SELECT paid_order.event_id, COUNT(*) AS orders, SUM(paid_order.final_amount) AS revenue
  FROM (
    SELECT DISTINCT tt.event_id, o.order_id, o.final_amount
    FROM TicketType tt
    JOIN Ticket t ON t.ticket_type_id = tt.ticket_type_id
    JOIN `Order` o ON o.order_id = t.order_id
    WHERE o.order_status = 'PAID'
  ) AS paid_order
  GROUP BY paid_order.event_id
) AS paid ON paid.event_id = e.event_id
WHERE e.deleted_at IS NULL;

CREATE VIEW v_order_list AS
SELECT
  o.order_id,
  o.order_code,
  o.user_id,
  o.order_status,
  o.total_amount,
  o.final_amount,
  o.created_at,
  o.paid_at,
  u.full_name AS user_name,
  u.email AS user_email
FROM `Order` o
JOIN `User` u ON u.user_id = o.user_id
WHERE o.deleted_at IS NULL;

CREATE VIEW v_order_summary AS
SELECT
  o.order_id,
  o.order_code,
  o.user_id,
  o.order_status,
  o.total_amount,
  o.final_amount,
  o.created_at,
  o.paid_at,
  (SELECT COUNT(*) FROM Ticket t WHERE t.order_id = o.order_id) AS ticket_count,
  p.payment_status,
  p.payment_method,
  p.transaction_id
FROM `Order` o
LEFT JOIN Payment p ON p.order_id = o.order_id
WHERE o.deleted_at IS NULL;
