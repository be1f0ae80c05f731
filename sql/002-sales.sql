-- Everything that belongs to one show's sale. Kind SHOW: show_id stands first in every primary key and every statement names it.
-- Ids are made by the program (they grow with time). Money is in minor units of the show's currency.

CREATE TABLE show_sales (
  show_id INT NOT NULL PRIMARY KEY,
  state VARCHAR(10) NOT NULL,
  currency CHAR(3) NOT NULL,
  fee_minor INT NOT NULL,
  starts_at DATETIME(3) NOT NULL,
  sales_from DATETIME(3) NOT NULL,
  sales_until DATETIME(3) NOT NULL,
  companions_open_at DATETIME(3) NULL,
  hold_seconds INT NOT NULL DEFAULT 600,
  extend_seconds INT NOT NULL DEFAULT 300,
  longest_seconds INT NOT NULL DEFAULT 1800,
  seats_a_hold TINYINT NOT NULL DEFAULT 8,
  holds_a_buyer TINYINT NOT NULL DEFAULT 2,
  orphan_rule BOOLEAN NOT NULL DEFAULT TRUE,
  CONSTRAINT sales_state CHECK (state IN ('draft', 'on_sale', 'paused', 'cancelling', 'cancelled', 'ended')),
  CONSTRAINT sales_seats CHECK (seats_a_hold BETWEEN 1 AND 8),
  CONSTRAINT sales_holds CHECK (holds_a_buyer BETWEEN 1 AND 2)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- sort 0 is the type that a seat has until the buyer chooses another.
CREATE TABLE show_prices (
  show_id INT NOT NULL,
  section_id INT NOT NULL,
  price_type VARCHAR(20) NOT NULL,
  name VARCHAR(60) NOT NULL,
  minor INT NOT NULL,
  sort TINYINT NOT NULL,
  PRIMARY KEY (show_id, section_id, price_type),
  CONSTRAINT price_sane CHECK (minor >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- One row a seat of a published show. A seat is free if available, or held with expires_at in the past: everywhere, always.
CREATE TABLE show_seats (
  show_id INT NOT NULL,
  seat_id INT NOT NULL,
  section_id INT NOT NULL,
  status ENUM('available', 'held', 'confirmed', 'blocked') NOT NULL DEFAULT 'available',
  hold_id BIGINT NULL,
  expires_at DATETIME(3) NULL,
  booking_id BIGINT NULL,
  version INT NOT NULL DEFAULT 0,
  PRIMARY KEY (show_id, seat_id),
  CONSTRAINT seat_held CHECK ((status = 'held') = (hold_id IS NOT NULL) AND (status = 'held') = (expires_at IS NOT NULL)),
  CONSTRAINT seat_sold CHECK ((status = 'confirmed') = (booking_id IS NOT NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- expires_at is what the buyer is promised; seats_until, a little later, is when others may have the seats.
CREATE TABLE holds (
  show_id INT NOT NULL,
  hold_id BIGINT NOT NULL,
  buyer_id BIGINT NOT NULL,
  state ENUM('active', 'confirmed', 'released', 'expired') NOT NULL,
  reason VARCHAR(12) NOT NULL DEFAULT '',
  generation TINYINT UNSIGNED NOT NULL DEFAULT 0,
  seat_count TINYINT NOT NULL,
  extensions TINYINT NOT NULL DEFAULT 0,
  created_at DATETIME(3) NOT NULL,
  expires_at DATETIME(3) NOT NULL,
  seats_until DATETIME(3) NOT NULL,
  longest_until DATETIME(3) NOT NULL,
  ended_at DATETIME(3) NULL,
  PRIMARY KEY (show_id, hold_id),
  KEY by_buyer (show_id, buyer_id, state),
  KEY due (state, seats_until),
  CONSTRAINT hold_times CHECK (seats_until >= expires_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Kept after the hold ended: a late payment takes these seats again if it can.
CREATE TABLE hold_seats (
  show_id INT NOT NULL,
  hold_id BIGINT NOT NULL,
  seat_id INT NOT NULL,
  price_type VARCHAR(20) NOT NULL,
  price_minor INT NOT NULL,
  fee_minor INT NOT NULL,
  PRIMARY KEY (show_id, hold_id, seat_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- The row that one buyer's requests for one show queue on.
CREATE TABLE hold_buyers (
  show_id INT NOT NULL,
  buyer_id BIGINT NOT NULL,
  touched INT NOT NULL DEFAULT 0,
  PRIMARY KEY (show_id, buyer_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- ref: the four letters of the reference that are not the show.
CREATE TABLE bookings (
  show_id INT NOT NULL,
  booking_id BIGINT NOT NULL,
  hold_id BIGINT NOT NULL,
  buyer_id BIGINT NOT NULL,
  ref INT NOT NULL,
  state ENUM('pending', 'confirmed', 'failed', 'cancelled') NOT NULL,
  generation TINYINT UNSIGNED NOT NULL DEFAULT 0,
  email VARCHAR(254) NOT NULL,
  name VARCHAR(120) NOT NULL,
  total_minor BIGINT NOT NULL,
  currency CHAR(3) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  confirmed_at DATETIME(3) NULL,
  ended_at DATETIME(3) NULL,
  PRIMARY KEY (show_id, booking_id),
  UNIQUE KEY by_hold (show_id, hold_id),
  UNIQUE KEY by_ref (show_id, ref),
  KEY by_buyer (show_id, buyer_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- live_seat is the second line of defence: two live tickets for one seat cannot be stored, whatever the program does.
CREATE TABLE booking_seats (
  show_id INT NOT NULL,
  booking_id BIGINT NOT NULL,
  seat_id INT NOT NULL,
  state ENUM('pending', 'live', 'cancelled') NOT NULL,
  price_type VARCHAR(20) NOT NULL,
  price_minor INT NOT NULL,
  fee_minor INT NOT NULL,
  serial BIGINT NOT NULL,
  checked_in_at DATETIME(3) NULL,
  live_seat INT AS (IF(state = 'live', seat_id, NULL)) STORED,
  PRIMARY KEY (show_id, booking_id, seat_id),
  UNIQUE KEY one_live (show_id, live_seat)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- idem_key and body are stored before the first call and sent again unchanged. captured_minor: what the provider says it took.
CREATE TABLE payments (
  show_id INT NOT NULL,
  payment_id BIGINT NOT NULL,
  hold_id BIGINT NOT NULL,
  booking_id BIGINT NOT NULL,
  provider VARCHAR(12) NOT NULL,
  state ENUM('created', 'open', 'capturing', 'paid', 'failed', 'closed', 'refund_due', 'refunded') NOT NULL,
  amount_minor BIGINT NOT NULL,
  currency CHAR(3) NOT NULL,
  live BOOLEAN NOT NULL,
  idem_key VARCHAR(64) NOT NULL,
  body MEDIUMBLOB NOT NULL,
  session VARCHAR(255) NOT NULL DEFAULT '',
  url VARCHAR(2000) NOT NULL DEFAULT '',
  capture VARCHAR(255) NOT NULL DEFAULT '',
  captured_minor BIGINT NULL,
  reason VARCHAR(20) NOT NULL DEFAULT '',
  attention VARCHAR(200) NOT NULL DEFAULT '',
  pending_at DATETIME(3) NULL,
  asked_at DATETIME(3) NULL,
  created_at DATETIME(3) NOT NULL,
  settled_at DATETIME(3) NULL,
  PRIMARY KEY (show_id, payment_id),
  KEY by_hold (show_id, hold_id),
  KEY by_state (state, created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- One row an attempt: a refund that the provider refused stays as it was, and the next attempt is a row of its own.
CREATE TABLE refunds (
  show_id INT NOT NULL,
  refund_id BIGINT NOT NULL,
  payment_id BIGINT NOT NULL,
  state ENUM('pending', 'done', 'failed', 'human') NOT NULL,
  amount_minor BIGINT NOT NULL,
  currency CHAR(3) NOT NULL,
  reason VARCHAR(20) NOT NULL,
  idem_key VARCHAR(64) NOT NULL,
  provider_refund VARCHAR(255) NOT NULL DEFAULT '',
  tries INT NOT NULL DEFAULT 0,
  unsure BOOLEAN NOT NULL DEFAULT FALSE,
  due_at DATETIME(3) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  done_at DATETIME(3) NULL,
  why VARCHAR(200) NOT NULL DEFAULT '',
  PRIMARY KEY (show_id, refund_id),
  KEY by_payment (show_id, payment_id),
  KEY due (state, due_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Every signed event as it came. show_id 0: it fits nothing of ours.
CREATE TABLE psp_events (
  show_id INT NOT NULL,
  provider VARCHAR(12) NOT NULL,
  event_id VARCHAR(120) NOT NULL,
  type VARCHAR(80) NOT NULL,
  payment_id BIGINT NOT NULL DEFAULT 0,
  body MEDIUMBLOB NOT NULL,
  attention VARCHAR(200) NOT NULL DEFAULT '',
  received_at DATETIME(3) NOT NULL,
  PRIMARY KEY (show_id, provider, event_id),
  KEY by_time (received_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Written in the transaction of the change that it tells of (domain/outbox.h has the table of types).
CREATE TABLE outbox (
  show_id INT NOT NULL,
  outbox_id BIGINT NOT NULL,
  type VARCHAR(24) NOT NULL,
  subject_id BIGINT NOT NULL,
  at DATETIME(3) NOT NULL,
  payload MEDIUMTEXT NOT NULL,
  PRIMARY KEY (show_id, outbox_id),
  KEY by_id (outbox_id),
  KEY by_subject (show_id, subject_id, type)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
