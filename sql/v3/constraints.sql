-- V3, Part B: 21 CHECK constraints. They change no row; a row that breaks one stops its statement (3819).
--
-- By hand: mysql -h HOST -P 4000 -u USER -p ticketbookingdb < sql/v3/constraints.sql
-- The first statement matters most. While this switch is OFF, TiDB answers every ADD CONSTRAINT … CHECK
-- with success and a warning (1105), and adds nothing.
-- Double parentheses, because TiDB tests the stored rows with `where not <expression>` as it is
-- written: a top-level OR would reject good rows and a top-level AND would let bad ones through (#71050).
-- One constraint per ALTER TABLE: anything more is error 8200.

SET GLOBAL tidb_enable_check_constraint = ON;

ALTER TABLE `Event` ADD CONSTRAINT `chk_event_dates` CHECK ((`start_datetime` < `end_datetime`));
ALTER TABLE `Event` ADD CONSTRAINT `chk_event_sales_dates` CHECK ((`sale_start_datetime` IS NULL OR `sale_end_datetime` IS NULL OR `sale_start_datetime` < `sale_end_datetime`));
ALTER TABLE `Event` ADD CONSTRAINT `chk_event_capacity` CHECK ((`total_capacity` > 0));
ALTER TABLE `Event` ADD CONSTRAINT `chk_event_sold` CHECK ((`sold_tickets` >= 0 AND `sold_tickets` <= `total_capacity`));

ALTER TABLE `TicketType` ADD CONSTRAINT `chk_ticket_quantity` CHECK ((`sold_quantity` >= 0 AND `sold_quantity` <= `quantity`));
ALTER TABLE `TicketType` ADD CONSTRAINT `chk_ticket_price` CHECK ((`price` >= 0));
ALTER TABLE `TicketType` ADD CONSTRAINT `chk_ticket_quantity_positive` CHECK ((`quantity` > 0));
ALTER TABLE `TicketType` ADD CONSTRAINT `chk_ticket_max_order` CHECK ((`max_per_order` > 0 AND `max_per_order` <= `quantity`));
ALTER TABLE `TicketType` ADD CONSTRAINT `chk_ticket_sale_dates` CHECK ((`sale_start` IS NULL OR `sale_end` IS NULL OR `sale_start` < `sale_end`));

ALTER TABLE `Ticket` ADD CONSTRAINT `chk_ticket_price_positive` CHECK ((`price` >= 0));

ALTER TABLE `Order` ADD CONSTRAINT `chk_order_amounts` CHECK ((`total_amount` >= 0 AND `final_amount` >= 0 AND `final_amount` <= `total_amount`));

ALTER TABLE `Payment` ADD CONSTRAINT `chk_payment_amount` CHECK ((`amount` >= 0));

ALTER TABLE `Discount` ADD CONSTRAINT `chk_discount_dates` CHECK ((`start_date` < `end_date`));
ALTER TABLE `Discount` ADD CONSTRAINT `chk_discount_value` CHECK ((`discount_value` >= 0));
ALTER TABLE `Discount` ADD CONSTRAINT `chk_discount_percentage` CHECK ((`discount_type` <> 'PERCENTAGE' OR `discount_value` <= 100));
ALTER TABLE `Discount` ADD CONSTRAINT `chk_discount_usage` CHECK ((`used_count` >= 0 AND (`usage_limit` IS NULL OR `used_count` <= `usage_limit`)));
ALTER TABLE `Discount` ADD CONSTRAINT `chk_discount_limits` CHECK (((`max_discount_amount` IS NULL OR `max_discount_amount` >= 0) AND (`min_order_amount` IS NULL OR `min_order_amount` >= 0)));

ALTER TABLE `RefundRequest` ADD CONSTRAINT `chk_refund_amount` CHECK ((`refund_amount` >= 0));
ALTER TABLE `RefundRequest` ADD CONSTRAINT `chk_refund_reviewed` CHECK ((`reviewed_at` IS NULL OR `reviewed_at` >= `created_at`));

ALTER TABLE `Venue` ADD CONSTRAINT `chk_venue_capacity` CHECK ((`capacity` > 0));
ALTER TABLE `Venue` ADD CONSTRAINT `chk_venue_seats` CHECK ((`vip_seats` >= 0 AND `standard_seats` >= 0 AND `economy_seats` >= 0));
