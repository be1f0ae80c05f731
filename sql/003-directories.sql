-- Directories: rebuildable from the tables of the shows, written after commit.

CREATE TABLE buyer_shows (
  buyer_id BIGINT NOT NULL,
  show_id INT NOT NULL,
  at DATETIME(3) NOT NULL,
  PRIMARY KEY (buyer_id, show_id),
  KEY by_time (at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE payment_sessions (
  provider VARCHAR(12) NOT NULL,
  session VARCHAR(255) NOT NULL,
  show_id INT NOT NULL,
  payment_id BIGINT NOT NULL,
  PRIMARY KEY (provider, session)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
