/*
 * box_office.h - a small house for tests that need a database: a fresh database a test program, the real migrations, one hall and
 * one show on sale. FOYER_TEST_SOCKET names the server's socket (user root, no password); without it the program is skipped.
 *
 * The house: city London (GBP), venue "The Test House", hall of ten seats in one section "Stalls" (tier 1): row A 1-5, row B 1-3
 * standard, B4 companion, B5 wheelchair place. Adult £15.00, child £9.00, fee £1.00 a seat. The show starts in two days, sells
 * since yesterday until its start, hold 600 s, 8 seats a hold, 2 holds a buyer, orphan rule off.
 */
#ifndef FOYER_T_BOX_OFFICE_H
#define FOYER_T_BOX_OFFICE_H

#include "base/base.h"

#include "db/db.h"

enum { A1, A2, A3, A4, A5, B1, B2, B3, B4, B5, BOX_OFFICE_SEATS };

struct box_office {
	struct db *db;
	struct arena *arena;		/* db's rows live here; never reset between tests of a program */
	char database[64];
	int64_t city, venue, event, hall, section, show;
	int64_t seats[BOX_OFFICE_SEATS];	/* f->seats[B5] */
	int64_t ann, bob, cat;		/* buyers */
	int64_t last_hall, last_show, last_event;
};

/* For cmocka_run_group_tests: *state becomes the struct box_office. */
int box_office_open(void **state);
int box_office_close(void **state);

/* One more show in a hall of its own, of the same event, an hour after the one before. What is 0 has the value in brackets. */
struct house {
	int rows, seats_a_row;		/* [2 x 5], all standard; rows A, B … Z, AA …; numbers from 1 */
	int sections;			/* [1]; rows are shared out evenly; tier 1 first, £2.00 less each */
	int hold_seconds;		/* [600] */
	int longest_seconds;		/* [1800] */
	int seats_a_hold;		/* [8] */
	int holds_a_buyer;		/* [2] */
	bool orphan_rule;
	bool by_section;
	const char *state;		/* ["on_sale"] */
};
int64_t box_office_show(struct box_office *, struct house);
/* The id of a seat of such a show (row 0 is A, number from 1), or of the first show. */
int64_t box_office_seat(struct box_office *, int64_t show, int row, int number);
/* One more title, with the slug "e" and its number. */
int64_t box_office_event(struct box_office *, const char *title, const char *genre, const char *language);

/* Another connection to the same database, for a rival; the caller frees it. */
struct db *box_office_rival(struct box_office *);

/* Runs statements, each ended by ";" at a line's end (the last one may do without); the test fails if one does. */
void box_office_sql(struct box_office *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The first number, or the rows as text, that a SELECT gives; no row is 0 or "". Columns by tabs, rows end with a line break. */
int64_t box_office_number(struct box_office *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
const char *box_office_text(struct box_office *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* As if so many seconds had passed for the show's holds: their times, and those of held seats, move back. */
void box_office_later(struct box_office *, int64_t show, int seconds);
/* Everything that was held, sold or paid in the show is forgotten: ten free seats again. */
void box_office_sweep(struct box_office *, int64_t show);

#endif
