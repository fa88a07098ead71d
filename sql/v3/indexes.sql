-- V3, Part A: 25 secondary indexes. None is unique, none changes a row.
--
-- By hand: mysql -h HOST -P 4000 -u USER -p ticketbookingdb < sql/v3/indexes.sql
-- One ADD INDEX per ALTER TABLE, because several in one can damage an index before TiDB 7.5.7 (#61255).
-- No DESC: TiDB parses it and ignores it; a backward scan of the same index serves newest-first.
-- No IF NOT EXISTS: it would accept an index of the same name on other columns without a word.

ALTER TABLE `Event` ADD INDEX `idx_event_name` (`event_name`(100)) COMMENT 'find an event by how its name begins';
ALTER TABLE `Event` ADD INDEX `idx_status_start` (`status`, `start_datetime`) COMMENT 'events of a status by date';
ALTER TABLE `Event` ADD INDEX `idx_published_featured` (`status`, `is_featured`, `start_datetime`) COMMENT 'featured events on the home page';
ALTER TABLE `Event` ADD INDEX `idx_category_status` (`category_id`, `status`, `start_datetime`) COMMENT 'page of one category';
ALTER TABLE `Event` ADD INDEX `idx_manager_status` (`manager_id`, `status`, `start_datetime`) COMMENT 'dashboard of one organizer';

ALTER TABLE `Order` ADD INDEX `idx_customer_email` (`customer_email`) COMMENT 'orders of one e-mail address';
ALTER TABLE `Order` ADD INDEX `idx_user_status_created` (`user_id`, `order_status`, `created_at`) COMMENT 'one user, one status, newest first';
ALTER TABLE `Order` ADD INDEX `idx_user_created` (`user_id`, `created_at`) COMMENT 'one user, all orders, newest first';
ALTER TABLE `Order` ADD INDEX `idx_status_created` (`order_status`, `created_at`) COMMENT 'order queue of the back office';

ALTER TABLE `Ticket` ADD INDEX `idx_holder_email` (`holder_email`) COMMENT 'tickets of one holder';
ALTER TABLE `Ticket` ADD INDEX `idx_ticket_type_status` (`ticket_type_id`, `ticket_status`) COMMENT 'used tickets of one type';
ALTER TABLE `Ticket` ADD INDEX `idx_order_status` (`order_id`, `ticket_status`) COMMENT 'tickets of one order by status';

ALTER TABLE `Payment` ADD INDEX `idx_transaction` (`transaction_id`) COMMENT 'call-back of the payment gateway';
ALTER TABLE `Payment` ADD INDEX `idx_payment_status_date` (`payment_status`, `paid_at`) COMMENT 'daily revenue';
ALTER TABLE `Payment` ADD INDEX `idx_method_status` (`payment_method`, `payment_status`) COMMENT 'reconciliation of one method';

ALTER TABLE `TicketType` ADD INDEX `idx_event_active` (`event_id`, `is_active`) COMMENT 'types of an event that are on sale';
ALTER TABLE `TicketType` ADD INDEX `idx_event_price` (`event_id`, `price`) COMMENT 'lowest price of an event';

ALTER TABLE `Venue` ADD INDEX `idx_city_active` (`city`, `is_active`, `status`) COMMENT 'open venues of a city';

ALTER TABLE `Discount` ADD INDEX `idx_dates` (`start_date`, `end_date`, `is_active`) COMMENT 'codes that are valid today';
ALTER TABLE `Discount` ADD INDEX `idx_manager` (`manager_id`, `is_active`) COMMENT 'codes of one organizer';
ALTER TABLE `Discount` ADD INDEX `idx_event` (`event_id`, `is_active`) COMMENT 'codes of one event';

ALTER TABLE `Seat` ADD INDEX `idx_type_status_area` (`ticket_type_id`, `status`, `area_name`) COMMENT 'seat map of one ticket type';

ALTER TABLE `FavoriteEvent` ADD INDEX `idx_user_created` (`user_id`, `created_at`) COMMENT 'favourites of one user, newest first';

ALTER TABLE `RefundRequest` ADD INDEX `idx_request_status_created` (`request_status`, `created_at`) COMMENT 'refund queue';

ALTER TABLE `AuditLog` ADD INDEX `idx_record_history` (`table_name`, `record_id`, `changed_at`) COMMENT 'history of one record in order';

ANALYZE TABLE `Event`, `Order`, `Ticket`, `Payment`, `TicketType`, `Venue`, `Discount`, `Seat`, `FavoriteEvent`, `RefundRequest`, `AuditLog`;
