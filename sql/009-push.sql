-- Whom to tell by telephone or browser that a hold is about to end, or that it is paid. Both are of a buyer and a show, so they stay good
-- when other seats take the place of those that were held first. Forgotten after some days (src/domain/tidy.c).

-- A browser that a push service can reach (RFC 8030). place: a hash of the endpoint, which is too long for a key. told_hold and told: the
-- newest event that it was told of, and the hold that this was about, so that a second try of the event need not tell it again.
CREATE TABLE push_browsers (
  show_id INT NOT NULL,
  buyer_id BIGINT NOT NULL,
  place CHAR(64) NOT NULL,
  endpoint VARCHAR(500) NOT NULL,
  point VARCHAR(88) NOT NULL,
  auth VARCHAR(24) NOT NULL,
  told_hold BIGINT NOT NULL DEFAULT 0,
  told BIGINT NOT NULL DEFAULT 0,
  created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (show_id, buyer_id, place),
  KEY by_age (created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- In E.164: "+447700900123".
CREATE TABLE buyer_phones (
  show_id INT NOT NULL,
  buyer_id BIGINT NOT NULL,
  phone VARCHAR(16) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (show_id, buyer_id),
  KEY by_phone (phone, created_at),
  KEY by_age (created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
