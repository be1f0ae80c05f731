-- The catalogue: what plays where. Kind GLOBAL; foreign keys live here only. Times of shows are kept both in UTC and as the venue's clock.

CREATE TABLE cities (
  city_id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  slug VARCHAR(40) NOT NULL,
  name VARCHAR(80) NOT NULL,
  zone VARCHAR(60) NOT NULL,
  currency CHAR(3) NOT NULL,
  sort INT NOT NULL DEFAULT 0,
  UNIQUE KEY by_slug (slug)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE venues (
  venue_id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  city_id INT NOT NULL,
  slug VARCHAR(60) NOT NULL,
  name VARCHAR(120) NOT NULL,
  address VARCHAR(240) NOT NULL,
  map_url VARCHAR(400) NOT NULL DEFAULT '',
  phone VARCHAR(40) NOT NULL DEFAULT '',
  access_note VARCHAR(400) NOT NULL DEFAULT '',
  sort INT NOT NULL DEFAULT 0,
  UNIQUE KEY by_slug (slug),
  KEY by_city (city_id, sort),
  CONSTRAINT venue_city FOREIGN KEY (city_id) REFERENCES cities (city_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- kind: screen (cinema) or stage. A changed plan gets the next layout_version; seats of older versions stay for the shows that use them.
CREATE TABLE halls (
  hall_id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  venue_id INT NOT NULL,
  slug VARCHAR(60) NOT NULL,
  name VARCHAR(120) NOT NULL,
  kind VARCHAR(10) NOT NULL,
  layout_version INT NOT NULL DEFAULT 1,
  seat_count INT NOT NULL DEFAULT 0,
  by_section BOOLEAN NOT NULL DEFAULT FALSE,
  sort INT NOT NULL DEFAULT 0,
  UNIQUE KEY by_slug (slug),
  CONSTRAINT hall_venue FOREIGN KEY (venue_id) REFERENCES venues (venue_id),
  CONSTRAINT hall_kind CHECK (kind IN ('screen', 'stage'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- tier 1 to 4: the price band, best first.
CREATE TABLE sections (
  section_id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  hall_id INT NOT NULL,
  slug VARCHAR(40) NOT NULL,
  name VARCHAR(80) NOT NULL,
  tier TINYINT NOT NULL,
  step_free BOOLEAN NOT NULL DEFAULT FALSE,
  sort INT NOT NULL DEFAULT 0,
  UNIQUE KEY by_slug (hall_id, slug),
  CONSTRAINT section_hall FOREIGN KEY (hall_id) REFERENCES halls (hall_id),
  CONSTRAINT section_tier CHECK (tier BETWEEN 1 AND 4)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Ids grow section by section, row by row, seat by seat, so a section is one range of ids. plan_row counts from the front, 1 first;
-- plan_col counts half seats from the left, so that neighbours are two apart and a row may be shifted by half a seat.
CREATE TABLE seats (
  seat_id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  hall_id INT NOT NULL,
  layout_version INT NOT NULL,
  section_id INT NOT NULL,
  row_label VARCHAR(8) NOT NULL,
  number VARCHAR(8) NOT NULL,
  plan_row SMALLINT NOT NULL,
  plan_col SMALLINT NOT NULL,
  kind VARCHAR(12) NOT NULL DEFAULT 'standard',
  UNIQUE KEY by_place (hall_id, layout_version, section_id, row_label, number),
  KEY by_plan (hall_id, layout_version, seat_id),
  CONSTRAINT seat_hall FOREIGN KEY (hall_id) REFERENCES halls (hall_id),
  CONSTRAINT seat_section FOREIGN KEY (section_id) REFERENCES sections (section_id),
  CONSTRAINT seat_kind CHECK (kind IN ('standard', 'wheelchair', 'companion', 'restricted'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE events (
  event_id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  slug VARCHAR(80) NOT NULL,
  kind VARCHAR(10) NOT NULL,
  title VARCHAR(240) NOT NULL,
  genre VARCHAR(40) NOT NULL DEFAULT '',
  language VARCHAR(40) NOT NULL DEFAULT '',
  minutes INT NOT NULL,
  certificate VARCHAR(12) NOT NULL DEFAULT '',
  released DATE NULL,
  synopsis VARCHAR(1200) NOT NULL DEFAULT '',
  poster VARCHAR(80) NOT NULL DEFAULT '',
  UNIQUE KEY by_slug (slug),
  FULLTEXT KEY by_title (title),
  CONSTRAINT event_kind CHECK (kind IN ('film', 'play', 'concert', 'musical', 'opera', 'ballet'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- A show's number is in every booking reference as four letters of 31, so it stays below 923,521.
-- fee_minor: compulsory fee a seat; price_min and price_max contain it. listed: shown to the public at all.
CREATE TABLE shows (
  show_id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  event_id INT NOT NULL,
  hall_id INT NOT NULL,
  layout_version INT NOT NULL,
  city_id INT NOT NULL,
  starts_at DATETIME(3) NOT NULL,
  starts_local DATETIME(3) NOT NULL,
  local_date DATE NOT NULL,
  zone VARCHAR(60) NOT NULL,
  currency CHAR(3) NOT NULL,
  fee_minor INT NOT NULL DEFAULT 0,
  price_min INT NOT NULL DEFAULT 0,
  price_max INT NOT NULL DEFAULT 0,
  tax_note VARCHAR(120) NOT NULL DEFAULT '',
  listed BOOLEAN NOT NULL DEFAULT FALSE,
  UNIQUE KEY by_place (hall_id, starts_at),
  KEY by_city (city_id, local_date, starts_at),
  KEY by_event (event_id, city_id, local_date),
  CONSTRAINT show_event FOREIGN KEY (event_id) REFERENCES events (event_id),
  CONSTRAINT show_hall FOREIGN KEY (hall_id) REFERENCES halls (hall_id),
  CONSTRAINT show_city FOREIGN KEY (city_id) REFERENCES cities (city_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
