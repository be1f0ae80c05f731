-- Webhooks to partners (src/domain/hooks.h has the rules).

-- Who is told, and of what. secret, before: sealed (src/base/crypto.h). types: with blanks between; empty: all there are.
CREATE TABLE hook_endpoints (
  endpoint_id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  url VARCHAR(500) NOT NULL,
  types VARCHAR(600) NOT NULL DEFAULT '',
  secret VARCHAR(200) NOT NULL,
  secret_before VARCHAR(200) NOT NULL DEFAULT '',
  before_until DATETIME(3) NULL,
  is_on BOOLEAN NOT NULL DEFAULT TRUE,
  why VARCHAR(200) NOT NULL DEFAULT '',
  created_at DATETIME(3) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- One event on its way to one endpoint, and afterwards the log of it. claim: of whoever tries now; due_at is then the end of that claim.
CREATE TABLE hook_deliveries (
  show_id INT NOT NULL,
  outbox_id BIGINT NOT NULL,
  endpoint_id INT NOT NULL,
  state ENUM('waiting', 'sent', 'dead') NOT NULL DEFAULT 'waiting',
  attempts INT NOT NULL DEFAULT 0,
  claim BIGINT NOT NULL DEFAULT 0,
  created_at DATETIME(3) NOT NULL,
  due_at DATETIME(3) NOT NULL,
  done_at DATETIME(3) NULL,
  status INT NOT NULL DEFAULT 0,
  error VARCHAR(200) NOT NULL DEFAULT '',
  PRIMARY KEY (show_id, outbox_id, endpoint_id),
  KEY by_endpoint (endpoint_id, state, due_at, outbox_id),
  KEY by_end (state, done_at),
  KEY by_age (state, created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
