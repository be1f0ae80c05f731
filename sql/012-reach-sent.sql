-- What was sent lately to whom, so that nobody can be pestered through us: texts, and letters with neither tickets nor money in them.
-- Kept for some days (src/domain/tidy.c).

-- kind: mail or sms. place: a keyed hash of the address or number, neither of which stands here. type, subject_id: the event's.
CREATE TABLE reach_sent (
  kind VARCHAR(4) NOT NULL,
  show_id INT NOT NULL,
  event_id BIGINT NOT NULL,
  subject_id BIGINT NOT NULL,
  type VARCHAR(24) NOT NULL,
  place CHAR(64) NOT NULL,
  at DATETIME(3) NOT NULL,
  PRIMARY KEY (kind, show_id, event_id),
  KEY of_place (kind, place, at),
  KEY of_subject (kind, show_id, subject_id),
  KEY of_type (kind, type, at),
  KEY by_age (at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Buyers who named a number are counted no more: what was sent to it is.
ALTER TABLE buyer_phones DROP KEY by_phone;
