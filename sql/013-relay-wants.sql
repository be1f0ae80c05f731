-- What each sink wants to hear of, and when some relay last had it among its sinks: relays whose settings know of fewer sinks, or of
-- fewer types, find events for these as well (src/domain/deliveries.h).
ALTER TABLE relay_sinks
  ADD types VARCHAR(2000) NOT NULL DEFAULT '',
  ADD wanted_at DATETIME(3) NULL;
