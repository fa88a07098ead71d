-- V3, rollback: drops the 21 constraints and the 25 indexes of V3, and nothing else.
--
-- By hand: mysql -h HOST -P 4000 -u USER -p ticketbookingdb < sql/v3/rollback.sql
-- The first statement matters: while the switch is OFF, DROP CONSTRAINT answers with success and drops
-- nothing (#64891). There is no DROP CONSTRAINT IF EXISTS in TiDB (1064).
-- The switch stays ON. Set it to what it was by hand, once nothing else needs it.

SET GLOBAL tidb_enable_check_constraint = ON;

ALTER TABLE `Event` DROP CONSTRAINT `chk_event_dates`;
ALTER TABLE `Event` DROP CONSTRAINT `chk_event_sales_dates`;
ALTER TABLE `Event` DROP CONSTRAINT `chk_event_capacity`;
ALTER TABLE `Event` DROP CONSTRAINT `chk_event_sold`;

ALTER TABLE `TicketType` DROP CONSTRAINT `chk_ticket_quantity`;
ALTER TABLE `TicketType` DROP CONSTRAINT `chk_ticket_price`;
ALTER TABLE `TicketType` DROP CONSTRAINT `chk_ticket_quantity_positive`;
ALTER TABLE `TicketType` DROP CONSTRAINT `chk_ticket_max_order`;
ALTER TABLE `TicketType` DROP CONSTRAINT `chk_ticket_sale_dates`;

ALTER TABLE `Ticket` DROP CONSTRAINT `chk_ticket_price_positive`;

ALTER TABLE `Order` DROP CONSTRAINT `chk_order_amounts`;

ALTER TABLE `Payment` DROP CONSTRAINT `chk_payment_amount`;

ALTER TABLE `Discount` DROP CONSTRAINT `chk_discount_dates`;
ALTER TABLE `Discount` DROP CONSTRAINT `chk_discount_value`;
ALTER TABLE `Discount` DROP CONSTRAINT `chk_discount_percentage`;
ALTER TABLE `Discount` DROP CONSTRAINT `chk_discount_usage`;
ALTER TABLE `Discount` DROP CONSTRAINT `chk_discount_limits`;

ALTER TABLE `RefundRequest` DROP CONSTRAINT `chk_refund_amount`;
ALTER TABLE `RefundRequest` DROP CONSTRAINT `chk_refund_reviewed`;

ALTER TABLE `Venue` DROP CONSTRAINT `chk_venue_capacity`;
ALTER TABLE `Venue` DROP CONSTRAINT `chk_venue_seats`;

ALTER TABLE `Event` DROP INDEX `idx_event_name`;
ALTER TABLE `Event` DROP INDEX `idx_status_start`;
ALTER TABLE `Event` DROP INDEX `idx_published_featured`;
ALTER TABLE `Event` DROP INDEX `idx_category_status`;
ALTER TABLE `Event` DROP INDEX `idx_manager_status`;

ALTER TABLE `Order` DROP INDEX `idx_customer_email`;
ALTER TABLE `Order` DROP INDEX `idx_user_status_created`;
ALTER TABLE `Order` DROP INDEX `idx_user_created`;
ALTER TABLE `Order` DROP INDEX `idx_status_created`;

ALTER TABLE `Ticket` DROP INDEX `idx_holder_email`;
ALTER TABLE `Ticket` DROP INDEX `idx_ticket_type_status`;
ALTER TABLE `Ticket` DROP INDEX `idx_order_status`;

ALTER TABLE `Payment` DROP INDEX `idx_transaction`;
ALTER TABLE `Payment` DROP INDEX `idx_payment_status_date`;
ALTER TABLE `Payment` DROP INDEX `idx_method_status`;

ALTER TABLE `TicketType` DROP INDEX `idx_event_active`;
ALTER TABLE `TicketType` DROP INDEX `idx_event_price`;

ALTER TABLE `Venue` DROP INDEX `idx_city_active`;

ALTER TABLE `Discount` DROP INDEX `idx_dates`;
ALTER TABLE `Discount` DROP INDEX `idx_manager`;
ALTER TABLE `Discount` DROP INDEX `idx_event`;

ALTER TABLE `Seat` DROP INDEX `idx_type_status_area`;

ALTER TABLE `FavoriteEvent` DROP INDEX `idx_user_created`;

ALTER TABLE `RefundRequest` DROP INDEX `idx_request_status_created`;

ALTER TABLE `AuditLog` DROP INDEX `idx_record_history`;
