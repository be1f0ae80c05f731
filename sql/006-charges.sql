-- Fees and taxes of a show (domain/charges.h has the rules). A version is never changed once it was told: a seat is held and sold
-- under one, so what was charged for it follows from its price and that version for ever. 0, where a version is named: no charges.

-- Either a flat amount or a share of the base, in millionths. included: the base contains it already; else it is added.
CREATE TABLE show_charges (
  show_id INT NOT NULL,
  version INT NOT NULL,
  sort TINYINT NOT NULL,
  kind ENUM('fee', 'tax') NOT NULL,
  name VARCHAR(60) NOT NULL,
  flat_minor INT NOT NULL,
  millionths INT NOT NULL,
  included BOOLEAN NOT NULL,
  PRIMARY KEY (show_id, version, sort),
  CONSTRAINT charge_version CHECK (version > 0),
  CONSTRAINT charge_amount CHECK (flat_minor >= 0 AND millionths BETWEEN 0 AND 1000000 AND (flat_minor > 0) <> (millionths > 0))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- charges: the version that a price is told with; extra_minor: what that version adds to it. A hold copies both with the price.
ALTER TABLE show_prices
  ADD extra_minor INT NOT NULL DEFAULT 0,
  ADD charges INT NOT NULL DEFAULT 0;
-- fee_minor, which both have: the extra_minor of their price.
ALTER TABLE hold_seats ADD charges INT NOT NULL DEFAULT 0;
ALTER TABLE booking_seats ADD charges INT NOT NULL DEFAULT 0;

-- Until now a show had one fee a seat. It may have been changed after seats were held: each amount becomes a version of its own.
INSERT INTO show_charges (show_id, version, sort, kind, name, flat_minor, millionths, included)
  SELECT f.show_id, ROW_NUMBER() OVER (PARTITION BY f.show_id ORDER BY f.fee_minor), 0, 'fee', 'Booking fee', f.fee_minor, 0, FALSE
  FROM (SELECT show_id, fee_minor FROM show_sales UNION SELECT show_id, fee_minor FROM hold_seats
    UNION SELECT show_id, fee_minor FROM booking_seats) f WHERE f.fee_minor > 0;
UPDATE show_prices p JOIN show_sales s ON s.show_id = p.show_id
  JOIN show_charges c ON c.show_id = s.show_id AND c.flat_minor = s.fee_minor
  SET p.extra_minor = s.fee_minor, p.charges = c.version;
UPDATE hold_seats h JOIN show_charges c ON c.show_id = h.show_id AND c.flat_minor = h.fee_minor SET h.charges = c.version;
UPDATE booking_seats b JOIN show_charges c ON c.show_id = b.show_id AND c.flat_minor = b.fee_minor SET b.charges = c.version;

-- What a seat costs is told by its prices alone from now on, and what tax is in it by the charges: no page ever told the note.
ALTER TABLE show_sales DROP COLUMN fee_minor;
ALTER TABLE shows DROP COLUMN fee_minor, DROP COLUMN tax_note;
