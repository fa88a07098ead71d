-- The queries that V3 is for. Each is explained on the server; those with a line benchmark are run and timed, too.
--
--   name     how the check is called
--   title    what the query is for
--   index    the index of V3 that should serve it, as table.index; `table`.`index` where a name has a dot
--   expect   may be missing where a query is benchmarked only; range (an index range scan on it), keep-order (no sort), covering (no look-up)
--   since    the release from which this holds; before it the query named in `else` stands in
--   params   a query whose one row gives the :values, so that they fit the data
--   unfit    an index that cannot serve it by a range scan, though the guide may say so (see claims.sql)
--   benchmark  measured, or the limit that its p95 must keep after the migration, such as 50 ms p95
--   reduction  by how much the guide says that the migration shortens it, such as 50 to 80 %

-- name: event-search
-- title: events whose name contains a word: idx_event_name cannot serve this as a range
-- benchmark: 50 ms p95
-- reduction: 50 to 80 %
-- unfit: Event.idx_event_name
SELECT * FROM `Event`
 WHERE event_name LIKE '%concert%' AND status = 'PUBLISHED' AND deleted_at IS NULL
 LIMIT 10;

-- name: event-name-prefix
-- title: events whose name begins with a word, as LIKE
-- index: Event.idx_event_name
-- expect: range
-- since: 7.5.1
-- why: before 7.5.1 a prefix LIKE on a _ci column is no range (#48181)
-- else: event-name-range
SELECT event_id, event_name FROM `Event` WHERE event_name LIKE 'concert%' LIMIT 10;

-- name: event-name-range
-- title: events whose name begins with a word, as a range
-- index: Event.idx_event_name
-- expect: range
SELECT event_id, event_name FROM `Event` WHERE event_name >= 'concert' AND event_name < 'conceru' LIMIT 10;

-- name: events-by-date
-- title: events of one status in a week, by date
-- benchmark: measured
-- index: Event.idx_status_start
-- expect: range
-- params: SELECT MAX(start_datetime) - INTERVAL 40 DAY AS first_day, MAX(start_datetime) - INTERVAL 33 DAY AS last_day
-- params: FROM `Event` WHERE status = 'PUBLISHED'
SELECT event_id, event_name, start_datetime FROM `Event`
 WHERE status = 'PUBLISHED' AND start_datetime >= :first_day AND start_datetime < :last_day
 ORDER BY start_datetime;

-- name: featured-events
-- title: the home page: featured events to come, by date
-- benchmark: measured
-- reduction: 50 to 80 %
-- index: Event.idx_published_featured
-- expect: range, keep-order
-- params: SELECT MAX(start_datetime) - INTERVAL 90 DAY AS now FROM `Event` WHERE status = 'PUBLISHED'
SELECT * FROM `Event`
 WHERE status = 'PUBLISHED' AND is_featured = 1 AND start_datetime > :now AND deleted_at IS NULL
 ORDER BY start_datetime
 LIMIT 10;

-- name: category-events
-- title: a category's page: its published events, by date
-- benchmark: measured
-- reduction: 50 to 80 %
-- index: Event.idx_category_status
-- expect: range, keep-order
-- params: SELECT category_id AS category FROM `Event` GROUP BY category_id ORDER BY COUNT(*), category_id LIMIT 1
SELECT * FROM `Event`
 WHERE category_id = :category AND status = 'PUBLISHED' AND deleted_at IS NULL
 ORDER BY start_datetime
 LIMIT 20;

-- name: organizer-dashboard
-- title: an organizer's events of one status, newest first
-- index: Event.idx_manager_status
-- expect: range, keep-order
-- params: SELECT manager_id AS manager FROM `Event` GROUP BY manager_id ORDER BY COUNT(*), manager_id LIMIT 1
SELECT event_id, event_name, start_datetime FROM `Event`
 WHERE manager_id = :manager AND status = 'COMPLETED'
 ORDER BY start_datetime DESC
 LIMIT 20;

-- name: customer-orders
-- title: a customer's orders by e-mail, newest first
-- benchmark: measured
-- reduction: 50 to 80 %
-- index: Order.idx_customer_email
-- expect: range
-- params: SELECT customer_email AS email FROM `Order` WHERE customer_email IS NOT NULL ORDER BY order_id DESC LIMIT 1
SELECT * FROM `Order` WHERE customer_email = :email AND deleted_at IS NULL ORDER BY created_at DESC;

-- name: user-paid-orders
-- title: a user's paid orders, newest first
-- benchmark: 40 ms p95
-- reduction: 50 to 80 %
-- index: Order.idx_user_status_created
-- expect: range, keep-order
-- params: SELECT user_id AS user FROM `Order` WHERE order_status = 'PAID' ORDER BY order_id DESC LIMIT 1
SELECT * FROM `Order`
 WHERE user_id = :user AND order_status = 'PAID' AND deleted_at IS NULL
 ORDER BY created_at DESC
 LIMIT 20;

-- name: user-orders
-- title: a user's whole order history, newest first
-- benchmark: measured
-- index: Order.idx_user_created
-- expect: range, keep-order
-- params: SELECT user_id AS user FROM `Order` GROUP BY user_id ORDER BY COUNT(*) DESC, user_id LIMIT 1
SELECT order_id, order_code, created_at FROM `Order` WHERE user_id = :user ORDER BY created_at DESC LIMIT 20;

-- name: order-queue
-- title: the back office's queue: orders of one status, newest first
-- index: Order.idx_status_created
-- expect: range, keep-order
SELECT order_id, order_code, created_at FROM `Order` WHERE order_status = 'PENDING' ORDER BY created_at DESC LIMIT 20;

-- name: holder-tickets
-- title: the tickets of one holder
-- benchmark: measured
-- index: Ticket.idx_holder_email
-- expect: range
-- params: SELECT holder_email AS email FROM Ticket WHERE holder_email IS NOT NULL ORDER BY ticket_id DESC LIMIT 1
SELECT * FROM Ticket WHERE holder_email = :email;

-- name: used-tickets-of-type
-- title: how many tickets of a type are used
-- index: Ticket.idx_ticket_type_status
-- expect: range, covering
-- params: SELECT ticket_type_id AS type FROM Ticket GROUP BY ticket_type_id ORDER BY COUNT(*) DESC, ticket_type_id LIMIT 1
SELECT COUNT(*) FROM Ticket WHERE ticket_type_id = :type AND ticket_status = 'USED';

-- name: order-tickets-by-status
-- title: an order's tickets by status
-- index: Ticket.idx_order_status
-- expect: range, covering
-- params: SELECT order_id AS placed FROM Ticket ORDER BY ticket_id DESC LIMIT 1
SELECT ticket_status, COUNT(*) FROM Ticket WHERE order_id = :placed GROUP BY ticket_status;

-- name: payment-call-back
-- title: the payment gateway's call-back
-- benchmark: 20 ms p95
-- reduction: 50 to 80 %
-- index: Payment.idx_transaction
-- expect: range
-- params: SELECT transaction_id AS transaction FROM Payment WHERE transaction_id IS NOT NULL ORDER BY payment_id DESC LIMIT 1
SELECT * FROM Payment WHERE transaction_id = :transaction;

-- name: revenue-of-a-day
-- title: the revenue of one day
-- index: Payment.idx_payment_status_date
-- expect: range
-- params: SELECT DATE(MAX(paid_at)) - INTERVAL 30 DAY AS first_day, DATE(MAX(paid_at)) - INTERVAL 29 DAY AS last_day FROM Payment
SELECT SUM(amount) FROM Payment WHERE payment_status = 'SUCCESS' AND paid_at >= :first_day AND paid_at < :last_day;

-- name: reconciliation
-- title: failed payments of one method
-- index: Payment.idx_method_status
-- expect: range, covering
SELECT COUNT(*) FROM Payment WHERE payment_method = 'CASH' AND payment_status = 'FAILED';

-- name: sales-per-event
-- title: sums over the active types of every event: nearly the whole table, so no range can help
-- benchmark: measured
-- reduction: 50 to 80 %
-- unfit: TicketType.idx_event_active
SELECT event_id, COUNT(*), SUM(quantity), SUM(sold_quantity) FROM TicketType WHERE is_active = 1 GROUP BY event_id;

-- name: types-on-sale
-- title: an event's types on sale
-- benchmark: measured
-- index: TicketType.idx_event_active
-- expect: range
-- params: SELECT event_id AS event FROM TicketType ORDER BY ticket_type_id DESC LIMIT 1
SELECT * FROM TicketType WHERE event_id = :event AND is_active = 1;

-- name: lowest-price
-- title: the lowest price of an event
-- index: TicketType.idx_event_price
-- expect: range, covering
-- params: SELECT event_id AS event FROM TicketType ORDER BY ticket_type_id DESC LIMIT 1
SELECT MIN(price) FROM TicketType WHERE event_id = :event;

-- name: venues-of-a-city
-- title: the open venues of a city
-- index: Venue.idx_city_active
-- expect: range
-- params: SELECT city FROM Venue GROUP BY city ORDER BY COUNT(*), city LIMIT 1
SELECT venue_id, venue_name FROM Venue WHERE city = :city AND is_active = 1 AND status = 'ACTIVE';

-- name: codes-valid-today
-- title: the discount codes that are valid today
-- index: Discount.idx_dates
-- expect: range
-- params: SELECT MIN(start_date) + INTERVAL 10 DAY AS today FROM Discount
SELECT discount_id, discount_code FROM Discount WHERE start_date <= :today AND end_date >= :today AND is_active = 1;

-- name: organizer-codes
-- title: an organizer's discount codes
-- index: Discount.idx_manager
-- expect: range
-- params: SELECT manager_id AS manager FROM Discount WHERE manager_id IS NOT NULL ORDER BY discount_id DESC LIMIT 1
SELECT discount_id, discount_code FROM Discount WHERE manager_id = :manager AND is_active = 1;

-- name: event-codes
-- title: an event's discount codes
-- index: Discount.idx_event
-- expect: range
-- params: SELECT event_id AS event FROM Discount WHERE event_id IS NOT NULL ORDER BY discount_id DESC LIMIT 1
SELECT discount_id, discount_code FROM Discount WHERE event_id = :event AND is_active = 1;

-- name: seat-map
-- title: the seat map: free seats of a ticket type by area
-- benchmark: measured
-- index: Seat.idx_type_status_area
-- expect: range, covering
-- params: SELECT ticket_type_id AS type FROM Seat ORDER BY seat_id DESC LIMIT 1
SELECT area_name, COUNT(*) FROM Seat WHERE ticket_type_id = :type AND status = 'AVAILABLE' GROUP BY area_name;

-- name: user-favourites
-- title: a user's favourites, newest first
-- index: FavoriteEvent.idx_user_created
-- expect: range, keep-order
-- params: SELECT user_id AS user FROM FavoriteEvent GROUP BY user_id ORDER BY COUNT(*) DESC, user_id LIMIT 1
SELECT event_id, created_at FROM FavoriteEvent WHERE user_id = :user ORDER BY created_at DESC LIMIT 20;

-- name: refund-queue
-- title: how long the oldest open refund requests wait
-- index: RefundRequest.idx_request_status_created
-- expect: range, keep-order, covering
SELECT refund_request_id, created_at FROM RefundRequest WHERE request_status = 'PENDING' ORDER BY created_at LIMIT 20;

-- name: record-history
-- title: the history of one record in order
-- index: AuditLog.idx_record_history
-- expect: range, keep-order
-- params: SELECT table_name AS changed_table, record_id AS record FROM AuditLog
-- params: GROUP BY table_name, record_id ORDER BY COUNT(*) DESC, table_name, record_id LIMIT 1
SELECT * FROM AuditLog WHERE table_name = :changed_table AND record_id = :record ORDER BY changed_at;

-- The statements of the application in sql/v3/application, as it sends them.

-- name: application-events
-- title: the application's list of events to come, with venue and lowest price
-- benchmark: measured
-- params: SELECT MAX(start_datetime) - INTERVAL 90 DAY AS now FROM `Event` WHERE status = 'PUBLISHED'
SELECT e.event_id, e.event_name, e.start_datetime, e.banner_image_url, e.is_featured,
       e.total_capacity - e.sold_tickets AS available, v.venue_name, v.city,
       (SELECT /*+ NO_DECORRELATE() */ MIN(t.price) FROM TicketType t WHERE t.event_id = e.event_id AND t.is_active = 1) AS price_from
  FROM (SELECT * FROM `Event` WHERE status = 'PUBLISHED' AND deleted_at IS NULL AND start_datetime > :now
         ORDER BY start_datetime LIMIT 20) e
  JOIN Venue v ON v.venue_id = e.venue_id
 ORDER BY e.start_datetime;

-- name: application-featured
-- title: the application's home page, with venue and lowest price
-- benchmark: measured
-- params: SELECT MAX(start_datetime) - INTERVAL 90 DAY AS now FROM `Event` WHERE status = 'PUBLISHED'
SELECT e.event_id, e.event_name, e.start_datetime, e.banner_image_url, e.is_featured,
       e.total_capacity - e.sold_tickets AS available, v.venue_name, v.city,
       (SELECT /*+ NO_DECORRELATE() */ MIN(t.price) FROM TicketType t WHERE t.event_id = e.event_id AND t.is_active = 1) AS price_from
  FROM (SELECT * FROM `Event` WHERE status = 'PUBLISHED' AND deleted_at IS NULL AND is_featured = 1 AND start_datetime > :now
         ORDER BY start_datetime LIMIT 10) e
  JOIN Venue v ON v.venue_id = e.venue_id
 ORDER BY e.start_datetime;

-- name: application-orders
-- title: the application's list of a user's orders, with the number of tickets
-- benchmark: measured
-- params: SELECT user_id AS user FROM `Order` GROUP BY user_id ORDER BY COUNT(*) DESC, user_id LIMIT 1
SELECT o.order_id, o.order_code, o.order_status, o.final_amount, o.created_at,
       (SELECT /*+ NO_DECORRELATE() */ COUNT(*) FROM Ticket t WHERE t.order_id = o.order_id) AS tickets
  FROM `Order` o
 WHERE o.user_id = :user AND o.deleted_at IS NULL
 ORDER BY o.created_at DESC, o.order_id DESC
 LIMIT 20;
