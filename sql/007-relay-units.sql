-- foyer-relay, several at once, in order, to several sinks (src/domain/deliveries.h has the rules).

-- found: the event has its deliveries. A new one is found by this alone, however late its transaction was committed. Those from before
-- have theirs, but for what the old relay had not come to.
ALTER TABLE outbox ADD found BOOLEAN NOT NULL DEFAULT TRUE, ADD KEY fresh (found, show_id, outbox_id);
ALTER TABLE outbox ALTER COLUMN found SET DEFAULT FALSE;
UPDATE outbox o SET o.found = FALSE WHERE o.type IN ('BOOKING_CONFIRMED', 'BOOKING_LINK', 'PAYMENT_REFUND_DUE', 'REFUND_DONE')
  AND o.at >= UTC_TIMESTAMP(3) - INTERVAL 3 DAY
  AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.show_id = o.show_id AND d.outbox_id = o.outbox_id);
ALTER TABLE outbox DROP KEY by_type;

-- dead: its sink has refused it often enough. dropped: an operator, or the sink, has said why it need not go out. tries makes the pauses
-- longer; only refusals make it dead.
ALTER TABLE deliveries MODIFY state ENUM('waiting', 'sent', 'given_up', 'dead', 'dropped') NOT NULL DEFAULT 'waiting',
  ADD refusals INT NOT NULL DEFAULT 0;
UPDATE deliveries SET state = IF(tries >= 30, 'dead', 'dropped') WHERE state = 'given_up';
ALTER TABLE deliveries MODIFY state ENUM('waiting', 'sent', 'dead', 'dropped') NOT NULL DEFAULT 'waiting',
  ADD KEY by_state (sink, state, show_id, outbox_id), DROP KEY due;

-- Whose turn it is to take one show's events to one sink, and until when. holder 0: nobody's before ends_at.
CREATE TABLE relay_leases (
  show_id INT NOT NULL,
  sink VARCHAR(12) NOT NULL,
  holder BIGINT NOT NULL,
  ends_at DATETIME(3) NOT NULL,
  PRIMARY KEY (show_id, sink)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- How each sink is. down_since NULL: well. Else it is tried again at due_at.
CREATE TABLE relay_sinks (
  sink VARCHAR(12) NOT NULL PRIMARY KEY,
  down_since DATETIME(3) NULL,
  tries INT NOT NULL DEFAULT 0,
  due_at DATETIME(3) NOT NULL,
  error VARCHAR(200) NOT NULL DEFAULT ''
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Events whose deliveries have all ended, and these, when they are old: what ever happened stays readable, and can be told again.
CREATE TABLE outbox_archive (
  show_id INT NOT NULL,
  outbox_id BIGINT NOT NULL,
  type VARCHAR(24) NOT NULL,
  subject_id BIGINT NOT NULL,
  at DATETIME(3) NOT NULL,
  payload MEDIUMTEXT NOT NULL,
  PRIMARY KEY (show_id, outbox_id),
  KEY by_subject (show_id, subject_id, type)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE deliveries_archive (
  show_id INT NOT NULL,
  outbox_id BIGINT NOT NULL,
  sink VARCHAR(12) NOT NULL,
  state ENUM('sent', 'dropped') NOT NULL,
  done_at DATETIME(3) NULL,
  error VARCHAR(200) NOT NULL DEFAULT '',
  PRIMARY KEY (show_id, outbox_id, sink)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
