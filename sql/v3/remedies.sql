-- What a person may run when rows break a constraint. The harness prints these and never runs them.
-- Each changes the least that makes the row valid. Whether it is also right is a question for the business.

-- name: Event.chk_event_dates
UPDATE `Event` SET end_datetime = DATE_ADD(start_datetime, INTERVAL 2 HOUR) WHERE start_datetime >= end_datetime;

-- name: Event.chk_event_sales_dates
UPDATE `Event` SET sale_end_datetime = NULL WHERE sale_start_datetime >= sale_end_datetime;

-- name: Event.chk_event_capacity
UPDATE `Event` SET total_capacity = GREATEST(1, IFNULL(sold_tickets, 1)) WHERE total_capacity <= 0;

-- name: Event.chk_event_sold
UPDATE `Event` SET sold_tickets = LEAST(GREATEST(sold_tickets, 0), total_capacity) WHERE sold_tickets < 0 OR sold_tickets > total_capacity;

-- name: TicketType.chk_ticket_quantity
UPDATE TicketType SET sold_quantity = LEAST(GREATEST(sold_quantity, 0), quantity) WHERE sold_quantity < 0 OR sold_quantity > quantity;

-- name: TicketType.chk_ticket_price
UPDATE TicketType SET price = 0 WHERE price < 0;

-- name: TicketType.chk_ticket_quantity_positive
UPDATE TicketType SET quantity = GREATEST(1, IFNULL(sold_quantity, 1)) WHERE quantity <= 0;

-- name: TicketType.chk_ticket_max_order
UPDATE TicketType SET max_per_order = LEAST(GREATEST(max_per_order, 1), quantity) WHERE max_per_order <= 0 OR max_per_order > quantity;

-- name: TicketType.chk_ticket_sale_dates
UPDATE TicketType SET sale_end = NULL WHERE sale_start >= sale_end;

-- name: Ticket.chk_ticket_price_positive
UPDATE Ticket SET price = 0 WHERE price < 0;

-- name: Order.chk_order_amounts
UPDATE `Order` SET final_amount = LEAST(GREATEST(final_amount, 0), GREATEST(total_amount, 0)), total_amount = GREATEST(total_amount, 0) WHERE total_amount < 0 OR final_amount < 0 OR final_amount > total_amount;

-- name: Payment.chk_payment_amount
UPDATE Payment SET amount = 0 WHERE amount < 0;

-- name: Discount.chk_discount_dates
UPDATE Discount SET end_date = DATE_ADD(start_date, INTERVAL 1 DAY) WHERE start_date >= end_date;

-- name: Discount.chk_discount_value
UPDATE Discount SET discount_value = 0 WHERE discount_value < 0;

-- name: Discount.chk_discount_percentage
UPDATE Discount SET discount_value = 100 WHERE discount_type = 'PERCENTAGE' AND discount_value > 100;

-- name: Discount.chk_discount_usage
UPDATE Discount SET used_count = LEAST(GREATEST(used_count, 0), IFNULL(GREATEST(usage_limit, 0), GREATEST(used_count, 0))), usage_limit = GREATEST(usage_limit, 0) WHERE used_count < 0 OR used_count > usage_limit;

-- name: Discount.chk_discount_limits
UPDATE Discount SET max_discount_amount = IF(max_discount_amount < 0, NULL, max_discount_amount), min_order_amount = IF(min_order_amount < 0, 0, min_order_amount) WHERE max_discount_amount < 0 OR min_order_amount < 0;

-- name: RefundRequest.chk_refund_amount
UPDATE RefundRequest SET refund_amount = 0 WHERE refund_amount < 0;

-- name: RefundRequest.chk_refund_reviewed
UPDATE RefundRequest SET reviewed_at = created_at WHERE reviewed_at < created_at;

-- name: Venue.chk_venue_capacity
UPDATE Venue SET capacity = GREATEST(1, IFNULL(vip_seats, 0) + IFNULL(standard_seats, 0) + IFNULL(economy_seats, 0)) WHERE capacity <= 0;

-- name: Venue.chk_venue_seats
UPDATE Venue SET vip_seats = GREATEST(vip_seats, 0), standard_seats = GREATEST(standard_seats, 0), economy_seats = GREATEST(economy_seats, 0) WHERE vip_seats < 0 OR standard_seats < 0 OR economy_seats < 0;
