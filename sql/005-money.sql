-- Three providers, captures by ourselves, refunds in part, and one list of what needs a human.
-- by_token: paid with a means of payment that an API client brought along, not at the provider's page.
-- ask_at: when the reaper asks the provider next; NULL: not any more. pays_late: the provider may still take money after the end, and
-- then nobody may tell us. claimed_at, claimed_by: who captures it at this moment.
-- kept_minor: what the house keeps of a payment beyond its tickets: a fee for cancelling; below 0, what it gave back beyond them.

ALTER TABLE payments
  ADD by_token BOOLEAN NOT NULL DEFAULT FALSE,
  ADD claimed_at DATETIME(3) NULL,
  ADD claimed_by BIGINT NOT NULL DEFAULT 0,
  ADD captured_at DATETIME(3) NULL,
  ADD asks INT NOT NULL DEFAULT 0,
  ADD ask_at DATETIME(3) NULL,
  ADD pays_late BOOLEAN NOT NULL DEFAULT FALSE,
  ADD kept_minor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE payments ADD KEY to_ask (state, ask_at), DROP KEY by_state;
UPDATE payments SET ask_at = UTC_TIMESTAMP(3) WHERE state IN ('created', 'open');
UPDATE payments SET captured_at = settled_at WHERE captured_minor IS NOT NULL;

-- body: what is sent, stored before the first call. origin: "house" asked for it, or it was made at the "provider". attempt: of one wish
-- to give money back, from 1.
ALTER TABLE refunds
  ADD body MEDIUMBLOB NULL,
  ADD origin VARCHAR(10) NOT NULL DEFAULT 'house',
  ADD attempt INT NOT NULL DEFAULT 1;
UPDATE refunds r JOIN (SELECT show_id, refund_id, ROW_NUMBER() OVER (PARTITION BY show_id, payment_id ORDER BY refund_id) AS n
  FROM refunds) d ON d.show_id = r.show_id AND d.refund_id = r.refund_id SET r.attempt = d.n;

ALTER TABLE booking_seats
  ADD cancelled_at DATETIME(3) NULL;
-- cancel_hours: until so many hours before the start a buyer may give tickets back; NULL: never. cancel_fee_minor a seat is kept.
ALTER TABLE show_sales
  ADD cancel_hours INT NULL,
  ADD cancel_fee_minor INT NOT NULL DEFAULT 0;

-- A buyer's bank takes the money back, or tries to. state: as far as we know; status: the provider's own word.
CREATE TABLE disputes (
  show_id INT NOT NULL,
  provider VARCHAR(12) NOT NULL,
  dispute VARCHAR(255) NOT NULL,
  payment_id BIGINT NOT NULL,
  state ENUM('open', 'won', 'lost') NOT NULL,
  status VARCHAR(60) NOT NULL,
  amount_minor BIGINT NOT NULL,
  currency CHAR(3) NOT NULL,
  opened_at DATETIME(3) NOT NULL,
  changed_at DATETIME(3) NOT NULL,
  PRIMARY KEY (show_id, provider, dispute),
  KEY by_payment (show_id, payment_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Everything that is astray, until somebody has seen to it. show_id 0: it fits nothing of ours. One line for each subject.
CREATE TABLE attention (
  show_id INT NOT NULL,
  attention_id BIGINT NOT NULL,
  kind VARCHAR(12) NOT NULL,
  provider VARCHAR(12) NOT NULL,
  subject VARCHAR(255) NOT NULL,
  payment_id BIGINT NOT NULL DEFAULT 0,
  words VARCHAR(200) NOT NULL,
  at DATETIME(3) NOT NULL,
  done_at DATETIME(3) NULL,
  done_words VARCHAR(200) NOT NULL DEFAULT '',
  PRIMARY KEY (show_id, attention_id),
  UNIQUE KEY once (show_id, kind, provider, subject),
  KEY undone (done_at, at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO attention (show_id, attention_id, kind, provider, subject, payment_id, words, at)
  SELECT show_id, payment_id, 'payment', provider, CAST(payment_id AS CHAR), payment_id, attention, created_at
  FROM payments WHERE attention <> '';
INSERT INTO attention (show_id, attention_id, kind, provider, subject, payment_id, words, at)
  SELECT show_id, CAST(UNIX_TIMESTAMP(received_at) * 1000000 AS SIGNED) + ROW_NUMBER() OVER (ORDER BY received_at), 'event', provider,
    event_id, payment_id, attention, received_at FROM psp_events WHERE attention <> '';
ALTER TABLE payments DROP COLUMN attention;
ALTER TABLE psp_events DROP COLUMN attention;

-- Which providers are offered to buyers, switched while the house is open. A provider without a row is.
CREATE TABLE providers (
  provider VARCHAR(12) NOT NULL PRIMARY KEY,
  offered BOOLEAN NOT NULL,
  changed_at DATETIME(3) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What a provider's messages are checked with (PayPal's certificates), fetched once for all workers.
CREATE TABLE provider_files (
  url VARCHAR(500) NOT NULL PRIMARY KEY,
  body MEDIUMBLOB NOT NULL,
  good_until DATETIME(3) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- How far a provider's list of payments was held against ours.
CREATE TABLE provider_lists (
  provider VARCHAR(12) NOT NULL PRIMARY KEY,
  listed_until DATETIME(3) NOT NULL,
  due_at DATETIME(3) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
