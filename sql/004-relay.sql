-- What foyer-relay has passed on: a row for each event that a sink must have. The relay finds an event by its type and time, not by the
-- highest number seen, for numbers are not drawn in the order of commits. So by_type replaces by_id, which nothing else reads.

CREATE TABLE deliveries (
  show_id INT NOT NULL,
  outbox_id BIGINT NOT NULL,
  sink VARCHAR(12) NOT NULL,
  state ENUM('waiting', 'sent', 'given_up') NOT NULL DEFAULT 'waiting',
  tries INT NOT NULL DEFAULT 0,
  due_at DATETIME(3) NOT NULL,
  done_at DATETIME(3) NULL,
  error VARCHAR(200) NOT NULL DEFAULT '',
  PRIMARY KEY (show_id, outbox_id, sink),
  KEY due (sink, state, due_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

ALTER TABLE outbox ADD KEY by_type (type, at), DROP KEY by_id;

-- Events from before there was a relay are nobody's business any more. It looks back three days.
INSERT INTO deliveries (show_id, outbox_id, sink, state, due_at, error)
  SELECT show_id, outbox_id, 'mail', 'given_up', UTC_TIMESTAMP(3), 'before the relay' FROM outbox
  WHERE type IN ('BOOKING_CONFIRMED', 'BOOKING_LINK', 'PAYMENT_REFUND_DUE', 'REFUND_DONE') AND at >= UTC_TIMESTAMP(3) - INTERVAL 4 DAY;
