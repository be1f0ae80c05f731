-- The report (src/domain/report.h): what was sold, made of the events by foyer-relay and nothing else. Days are those of the show's zone.

-- A show that something ever happened in. capacity: seats of its hall. Whoever writes a show's rows holds this one.
CREATE TABLE report_shows (
  show_id INT NOT NULL PRIMARY KEY,
  capacity INT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Every ticket ever sold. minor: its price with all charges. returned_day NULL: it is not given back.
CREATE TABLE report_tickets (
  show_id INT NOT NULL,
  booking_id BIGINT NOT NULL,
  seat_id INT NOT NULL,
  section_id INT NOT NULL,
  channel VARCHAR(12) NOT NULL,
  minor BIGINT NOT NULL,
  currency CHAR(3) NOT NULL,
  sold_at DATETIME(3) NOT NULL,
  sold_day DATE NOT NULL,
  returned_at DATETIME(3) NULL,
  returned_day DATE NULL,
  PRIMARY KEY (show_id, booking_id, seat_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Every payment that brought money, with tickets or without.
CREATE TABLE report_payments (
  show_id INT NOT NULL,
  payment_id BIGINT NOT NULL,
  channel VARCHAR(12) NOT NULL,
  minor BIGINT NOT NULL,
  currency CHAR(3) NOT NULL,
  paid_at DATETIME(3) NOT NULL,
  paid_day DATE NOT NULL,
  PRIMARY KEY (show_id, payment_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- told: the event that it stands as now; an older one that comes again changes nothing. done: the money went back.
CREATE TABLE report_refunds (
  show_id INT NOT NULL,
  refund_id BIGINT NOT NULL,
  payment_id BIGINT NOT NULL,
  minor BIGINT NOT NULL,
  currency CHAR(3) NOT NULL,
  done BOOLEAN NOT NULL,
  done_at DATETIME(3) NOT NULL,
  done_day DATE NOT NULL,
  told BIGINT NOT NULL,
  PRIMARY KEY (show_id, refund_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- How far each hold came, and on which day: seats held, on the way to pay, tickets.
CREATE TABLE report_holds (
  show_id INT NOT NULL,
  hold_id BIGINT NOT NULL,
  held_day DATE NULL,
  pay_day DATE NULL,
  sold_day DATE NULL,
  PRIMARY KEY (show_id, hold_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- How often a hall was looked at, from nginx's log, and how far that was read. Not of a show's sale, so both change in one transaction.
-- host: the machine that the log is on; each has a file of its own under the same path.
CREATE TABLE report_views (
  local_date DATE NOT NULL,
  show_id INT NOT NULL,
  views BIGINT NOT NULL,
  PRIMARY KEY (local_date, show_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE report_logs (
  host VARCHAR(64) NOT NULL,
  path VARCHAR(400) NOT NULL,
  inode BIGINT NOT NULL,
  read_to BIGINT NOT NULL,
  PRIMARY KEY (host, path)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The newest things that happened, for the page of that name. Rebuildable; only the newest are kept.
CREATE TABLE activity (
  event_id BIGINT NOT NULL,
  show_id INT NOT NULL,
  type VARCHAR(24) NOT NULL,
  happened_at DATETIME(3) NOT NULL,
  seat_count INT NOT NULL,
  reason VARCHAR(20) NOT NULL,
  PRIMARY KEY (event_id, show_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Events from before told less. What is missing is in the books, where none of it ever changes; `foyerctl report rebuild` reads them.
CREATE TABLE report_older (
  show_id INT NOT NULL,
  subject_id BIGINT NOT NULL,
  type VARCHAR(24) NOT NULL,
  more TEXT NOT NULL,
  PRIMARY KEY (show_id, subject_id, type)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO report_older (show_id, subject_id, type, more)
  SELECT t.show_id, t.booking_id, 'BOOKING_CONFIRMED', CONCAT(',"channel":"web","tickets":[', GROUP_CONCAT(CONCAT('[', t.seat_id, ',',
    s.section_id, ',', t.price_minor + t.fee_minor, ']') ORDER BY t.seat_id SEPARATOR ','), ']}')
  FROM booking_seats t JOIN show_seats s ON s.show_id = t.show_id AND s.seat_id = t.seat_id GROUP BY t.show_id, t.booking_id;
INSERT INTO report_older (show_id, subject_id, type, more)
  SELECT show_id, payment_id, 'PAYMENT_PAID', CONCAT(',"captured":', captured_minor, ',"channel":"web"}')
  FROM payments WHERE captured_minor IS NOT NULL;
INSERT INTO report_older (show_id, subject_id, type, more)
  SELECT show_id, subject_id, 'PAYMENT_REFUND_DUE', more FROM report_older o WHERE o.type = 'PAYMENT_PAID';
INSERT INTO report_older (show_id, subject_id, type, more)
  SELECT r.show_id, r.refund_id, k.type, CONCAT(',"amount":', r.amount_minor, ',"currency":"', r.currency, '"}')
  FROM refunds r JOIN (SELECT 'REFUND_DONE' AS type UNION SELECT 'REFUND_FAILED' UNION SELECT 'REFUND_HUMAN') k;
UPDATE outbox o JOIN report_older m ON m.show_id = o.show_id AND m.subject_id = o.subject_id AND m.type = o.type
  SET o.payload = CONCAT(LEFT(o.payload, CHAR_LENGTH(o.payload) - 1), m.more);
UPDATE outbox_archive o JOIN report_older m ON m.show_id = o.show_id AND m.subject_id = o.subject_id AND m.type = o.type
  SET o.payload = CONCAT(LEFT(o.payload, CHAR_LENGTH(o.payload) - 1), m.more);
DROP TABLE report_older;
