-- Data quality: each query counts the rows that should not be, and must answer 0.

-- name: event-dates
-- title: events that end before they start
SELECT COUNT(*) AS `count` FROM `Event` WHERE start_datetime >= end_datetime;

-- name: negative-sales
-- title: events with negative sold_tickets
SELECT COUNT(*) AS `count` FROM `Event` WHERE sold_tickets < 0;

-- name: oversold-events
-- title: events that sold more than their capacity
SELECT COUNT(*) AS `count` FROM `Event` WHERE sold_tickets > total_capacity;

-- name: order-amounts
-- title: orders with a negative amount, or a final amount above the total
SELECT COUNT(*) AS `count` FROM `Order` WHERE total_amount < 0 OR final_amount < 0 OR final_amount > total_amount;

-- name: oversold-types
-- title: ticket types that sold more than their quantity
SELECT COUNT(*) AS `count` FROM TicketType WHERE sold_quantity > quantity;

-- name: discount-dates
-- title: discounts that end before they start
SELECT COUNT(*) AS `count` FROM Discount WHERE start_date >= end_date;

-- name: negative-payments
-- title: payments with a negative amount
SELECT COUNT(*) AS `count` FROM Payment WHERE amount < 0;
