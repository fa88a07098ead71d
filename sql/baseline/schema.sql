-- The 16 tables of the ticket booking database as they are before V3.
-- Runs in the current, empty database. Parents come before their children.
-- The unnamed index on deleted_at in Event, Order and Ticket exists in production: keep it.

CREATE TABLE `Role` (
  role_id      int          NOT NULL AUTO_INCREMENT,
  role_name    varchar(50)  NOT NULL,
  created_at   timestamp    NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (role_id),
  UNIQUE KEY role_name (role_name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `User` (
  user_id        int           NOT NULL AUTO_INCREMENT,
  role_id        int           NOT NULL,
  email          varchar(255)  NOT NULL,
  password_hash  varchar(255)  NOT NULL,
  full_name      varchar(255)  NOT NULL,
  phone          varchar(20)   NULL,
  created_at     timestamp     NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at     timestamp     NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  is_active      tinyint(1)    NULL DEFAULT 1,
  PRIMARY KEY (user_id),
  UNIQUE KEY email (email),
  KEY role_id (role_id),
  KEY idx_email (email),
  KEY idx_active (is_active),
  CONSTRAINT User_ibfk_1 FOREIGN KEY (role_id) REFERENCES `Role` (role_id) ON DELETE RESTRICT
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE OrganizerInfo (
  organizer_id       int           NOT NULL AUTO_INCREMENT,
  user_id            int           NOT NULL,
  organization_name  varchar(255)  NULL,
  description        text          NULL,
  logo_url           varchar(500)  NULL,
  created_at         datetime      NULL,
  updated_at         datetime      NULL,
  contact_phone      varchar(20)   NULL,
  PRIMARY KEY (organizer_id),
  UNIQUE KEY user_id (user_id),
  CONSTRAINT OrganizerInfo_ibfk_1 FOREIGN KEY (user_id) REFERENCES `User` (user_id) ON DELETE RESTRICT
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE EventCategory (
  category_id    int           NOT NULL AUTO_INCREMENT,
  category_name  varchar(100)  NOT NULL,
  is_active      tinyint(1)    NULL DEFAULT 1,
  created_at     timestamp     NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (category_id),
  UNIQUE KEY category_name (category_name),
  KEY idx_active (is_active)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE Venue (
  venue_id           int           NOT NULL AUTO_INCREMENT,
  venue_name         varchar(255)  NOT NULL,
  address            varchar(500)  NOT NULL,
  city               varchar(100)  NOT NULL,
  capacity           int           NOT NULL,
  seat_map_template  json          NULL,
  contact_phone      varchar(20)   NULL,
  is_active          tinyint(1)    NULL DEFAULT 1,
  status             varchar(50)   NULL DEFAULT 'ACTIVE',
  created_at         timestamp     NULL DEFAULT CURRENT_TIMESTAMP,
  vip_seats          int           NULL DEFAULT 0,
  standard_seats     int           NULL DEFAULT 0,
  economy_seats      int           NULL DEFAULT 0,
  manager_id         int           NOT NULL DEFAULT 1,
  map_embed_code     text          NULL,
  PRIMARY KEY (venue_id),
  KEY idx_city (city),
  KEY idx_active (is_active),
  KEY ix_venue_status (status),
  KEY fk_venue_user (manager_id),
  CONSTRAINT fk_venue_user FOREIGN KEY (manager_id) REFERENCES `User` (user_id) ON DELETE RESTRICT
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE Event (
  event_id             int           NOT NULL AUTO_INCREMENT,
  category_id          int           NOT NULL,
  venue_id             int           NOT NULL,
  manager_id           int           NOT NULL,
  event_name           varchar(500)  NOT NULL,
  description          text          NULL,
  start_datetime       datetime      NOT NULL,
  end_datetime         datetime      NOT NULL,
  sale_start_datetime  datetime      NULL,
  sale_end_datetime    datetime      NULL,
  banner_image_url     varchar(500)  NULL,
  total_capacity       int           NOT NULL,
  sold_tickets         int           NULL DEFAULT 0,
  status               enum('DRAFT','PENDING_APPROVAL','APPROVED','REJECTED','PUBLISHED','ONGOING','COMPLETED','CANCELLED')
                                     NULL DEFAULT 'PENDING_APPROVAL',
  is_featured          tinyint(1)    NULL DEFAULT 0,
  created_at           timestamp     NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at           timestamp     NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  group_id             varchar(100)  NULL,
  deleted_at           timestamp     NULL,
  PRIMARY KEY (event_id),
  KEY manager_id (manager_id),
  KEY idx_category (category_id),
  KEY idx_venue (venue_id),
  KEY idx_status (status),
  KEY idx_start_date (start_datetime),
  KEY idx_featured (is_featured),
  KEY ix_Event_group_id (group_id),
  KEY idx_deleted_at (deleted_at),
  KEY (deleted_at),
  CONSTRAINT Event_ibfk_1 FOREIGN KEY (category_id) REFERENCES EventCategory (category_id) ON DELETE RESTRICT,
  CONSTRAINT Event_ibfk_2 FOREIGN KEY (venue_id) REFERENCES Venue (venue_id) ON DELETE RESTRICT,
  CONSTRAINT Event_ibfk_3 FOREIGN KEY (manager_id) REFERENCES `User` (user_id) ON DELETE RESTRICT
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE TicketType (
  ticket_type_id  int             NOT NULL AUTO_INCREMENT,
  event_id        int             NOT NULL,
  type_name       varchar(100)    NOT NULL,
  description     text            NULL,
  price           decimal(15, 2)  NOT NULL,
  quantity        int             NOT NULL,
  sold_quantity   int             NULL DEFAULT 0,
  sale_start      datetime        NULL,
  sale_end        datetime        NULL,
  max_per_order   int             NULL DEFAULT 10,
  is_active       tinyint(1)      NULL DEFAULT 1,
  created_at      timestamp       NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (ticket_type_id),
  KEY idx_event (event_id),
  KEY idx_active (is_active),
  CONSTRAINT TicketType_ibfk_1 FOREIGN KEY (event_id) REFERENCES Event (event_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE Seat (
  seat_id         int           NOT NULL AUTO_INCREMENT,
  ticket_type_id  int           NOT NULL,
  row_name        varchar(10)   NOT NULL,
  seat_number     varchar(10)   NOT NULL,
  status          enum('AVAILABLE','LOCKED','BOOKED','RESERVED') NULL DEFAULT 'AVAILABLE',
  is_active       tinyint(1)    NULL DEFAULT 1,
  area_name       varchar(100)  NULL,
  x_pos           int           NULL,
  y_pos           int           NULL,
  PRIMARY KEY (seat_id),
  KEY ticket_type_id (ticket_type_id),
  KEY status (status),
  CONSTRAINT Seat_ibfk_1 FOREIGN KEY (ticket_type_id) REFERENCES TicketType (ticket_type_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE Discount (
  discount_id          int             NOT NULL AUTO_INCREMENT,
  discount_code        varchar(50)     NOT NULL,
  discount_name        varchar(255)    NOT NULL,
  discount_type        enum('PERCENTAGE','FIXED_AMOUNT') NOT NULL,
  discount_value       decimal(15, 2)  NOT NULL,
  max_discount_amount  decimal(15, 2)  NULL,
  min_order_amount     decimal(15, 2)  NULL DEFAULT 0.00,
  usage_limit          int             NULL,
  used_count           int             NULL DEFAULT 0,
  start_date           datetime        NOT NULL,
  end_date             datetime        NOT NULL,
  is_active            tinyint(1)      NULL DEFAULT 1,
  created_at           timestamp       NULL DEFAULT CURRENT_TIMESTAMP,
  manager_id           int             NULL,
  event_id             int             NULL,
  PRIMARY KEY (discount_id),
  UNIQUE KEY discount_code (discount_code),
  KEY idx_code (discount_code),
  KEY idx_active (is_active)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE `Order` (
  order_id        int             NOT NULL AUTO_INCREMENT,
  user_id         int             NOT NULL,
  order_code      varchar(50)     NOT NULL,
  total_amount    decimal(15, 2)  NOT NULL,
  final_amount    decimal(15, 2)  NOT NULL,
  order_status    enum('PENDING','PAID','CANCELLED','REFUNDED','COMPLETED','CANCELLATION_PENDING')
                                  NULL DEFAULT 'PENDING',
  customer_name   varchar(255)    NULL,
  customer_email  varchar(255)    NULL,
  customer_phone  varchar(20)     NULL,
  created_at      timestamp       NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at      timestamp       NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  paid_at         timestamp       NULL,
  deleted_at      timestamp       NULL,
  PRIMARY KEY (order_id),
  UNIQUE KEY order_code (order_code),
  KEY idx_user (user_id),
  KEY idx_order_code (order_code),
  KEY idx_status (order_status),
  KEY idx_deleted_at (deleted_at),
  KEY (deleted_at),
  CONSTRAINT Order_ibfk_1 FOREIGN KEY (user_id) REFERENCES `User` (user_id) ON DELETE RESTRICT
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE Ticket (
  ticket_id       int             NOT NULL AUTO_INCREMENT,
  order_id        int             NOT NULL,
  ticket_type_id  int             NOT NULL,
  ticket_code     varchar(100)    NOT NULL,
  ticket_status   enum('ACTIVE','USED','CANCELLED','REFUNDED') NULL DEFAULT 'ACTIVE',
  seat_id         int             NULL,
  price           decimal(15, 2)  NOT NULL,
  qr_code_url     varchar(500)    NULL,
  holder_name     varchar(255)    NULL,
  holder_email    varchar(255)    NULL,
  checked_in_at   timestamp       NULL,
  created_at      timestamp       NULL DEFAULT CURRENT_TIMESTAMP,
  deleted_at      timestamp       NULL,
  PRIMARY KEY (ticket_id),
  UNIQUE KEY ticket_code (ticket_code),
  KEY ticket_type_id (ticket_type_id),
  KEY idx_order (order_id),
  KEY idx_ticket_code (ticket_code),
  KEY idx_status (ticket_status),
  KEY idx_ticket_seat (seat_id),
  KEY idx_deleted_at (deleted_at),
  KEY (deleted_at),
  CONSTRAINT fk_ticket_seat FOREIGN KEY (seat_id) REFERENCES Seat (seat_id) ON DELETE RESTRICT,
  CONSTRAINT Ticket_ibfk_1 FOREIGN KEY (order_id) REFERENCES `Order` (order_id) ON DELETE CASCADE,
  CONSTRAINT Ticket_ibfk_2 FOREIGN KEY (ticket_type_id) REFERENCES TicketType (ticket_type_id) ON DELETE RESTRICT
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE Payment (
  payment_id      int             NOT NULL AUTO_INCREMENT,
  order_id        int             NOT NULL,
  payment_code    varchar(50)     NULL,
  payment_method  enum('CREDIT_CARD','BANK_TRANSFER','E_WALLET','MOMO','VNPAY','CASH') NULL,
  transaction_id  varchar(255)    NULL,
  amount          decimal(15, 2)  NOT NULL,
  payment_status  enum('PENDING','SUCCESS','FAILED','REFUNDED') NULL DEFAULT 'PENDING',
  paid_at         datetime        NULL,
  payment_date    timestamp       NULL,
  created_at      timestamp       NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (payment_id),
  UNIQUE KEY order_id (order_id),
  UNIQUE KEY payment_code (payment_code),
  KEY idx_order (order_id),
  KEY idx_status (payment_status),
  CONSTRAINT Payment_ibfk_1 FOREIGN KEY (order_id) REFERENCES `Order` (order_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE RefundRequest (
  refund_request_id  int             NOT NULL AUTO_INCREMENT,
  order_id           int             NOT NULL,
  user_id            int             NOT NULL,
  reason             text            NULL,
  refund_amount      decimal(15, 2)  NOT NULL,
  request_status     enum('PENDING','APPROVED','REJECTED') NULL DEFAULT 'PENDING',
  organizer_note     text            NULL,
  created_at         datetime        NULL DEFAULT CURRENT_TIMESTAMP,
  reviewed_at        datetime        NULL,
  reviewed_by        int             NULL,
  refunded_at        datetime        NULL,
  PRIMARY KEY (refund_request_id),
  KEY fk_refund_reviewer (reviewed_by),
  KEY idx_refund_order (order_id),
  KEY idx_refund_user (user_id),
  KEY idx_refund_status (request_status),
  KEY idx_refund_created (created_at),
  CONSTRAINT fk_refund_order FOREIGN KEY (order_id) REFERENCES `Order` (order_id) ON DELETE CASCADE,
  CONSTRAINT fk_refund_reviewer FOREIGN KEY (reviewed_by) REFERENCES `User` (user_id) ON DELETE SET NULL,
  CONSTRAINT fk_refund_user FOREIGN KEY (user_id) REFERENCES `User` (user_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE FavoriteEvent (
  user_id     int       NOT NULL,
  event_id    int       NOT NULL,
  created_at  datetime  NULL,
  PRIMARY KEY (user_id, event_id),
  KEY fk_2 (event_id),
  CONSTRAINT fk_1 FOREIGN KEY (user_id) REFERENCES `User` (user_id) ON DELETE CASCADE,
  CONSTRAINT fk_2 FOREIGN KEY (event_id) REFERENCES Event (event_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE Banner (
  banner_id   int           NOT NULL AUTO_INCREMENT,
  image_url   varchar(500)  NOT NULL,
  title       varchar(255)  NULL,
  link        varchar(500)  NULL,
  is_active   tinyint(1)    NULL,
  `order`     int           NULL,
  created_at  datetime      NULL,
  PRIMARY KEY (banner_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE AuditLog (
  audit_id    bigint        NOT NULL AUTO_INCREMENT,
  table_name  varchar(50)   NOT NULL,
  record_id   int           NOT NULL,
  action      enum('INSERT','UPDATE','DELETE') NOT NULL,
  old_values  json          NULL,
  new_values  json          NULL,
  changed_by  int           NULL,
  changed_at  timestamp     NULL DEFAULT CURRENT_TIMESTAMP,
  ip_address  varchar(45)   NULL,
  user_agent  text          NULL,
  PRIMARY KEY (audit_id),
  KEY idx_table_record (table_name, record_id),
  KEY idx_changed_at (changed_at),
  KEY idx_changed_by (changed_by),
  CONSTRAINT fk_1 FOREIGN KEY (changed_by) REFERENCES `User` (user_id) ON DELETE SET NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
