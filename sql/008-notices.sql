-- What buyers are told of a hold before it is paid, and of a show that begins at another time.

-- email: whom to write to about this hold, given before paying; '': nobody. addresses: how often one was given: so many letters went out,
-- and links in the earlier ones are void. warned_for: the end of which its buyer was told that it is near; a later end is told anew.
-- forget_at: the end of a hold that came to nothing and still has an address; a week later that is forgotten.
ALTER TABLE holds
  ADD email VARCHAR(254) NOT NULL DEFAULT '',
  ADD addresses TINYINT UNSIGNED NOT NULL DEFAULT 0,
  ADD warned_for DATETIME(3) NULL,
  ADD forget_at DATETIME(3) AS (IF(email <> '' AND state IN ('released', 'expired'), seats_until, NULL)) STORED,
  ADD KEY ending (state, expires_at),
  ADD KEY forget (forget_at);

-- moved_from: when the show was to begin before it was moved the last time, and moved_at: when that was; NULL: never.
ALTER TABLE show_sales
  ADD moved_from DATETIME(3) NULL,
  ADD moved_at DATETIME(3) NULL;
-- told_start: the start that its buyer was told of when the show was moved; NULL: it was not moved since they bought.
ALTER TABLE bookings ADD told_start DATETIME(3) NULL;
