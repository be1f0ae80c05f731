/* desk.h - for tests of foyer-paper: documents to be printed, and the printer. */
#ifndef FOYER_T_DESK_H
#define FOYER_T_DESK_H

#include "sheets.h"

/* The beginning of what the usual tickets' codes say; each has its place, from 0, behind it. */
#define CODE "F1.1.4711.98765.1a2b3c4d5e.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_abcdefghijklmnopqrst"

struct desk {
	struct arena *arena;
	struct sheets sheets;
	const char *program;	/* foyer-paper of this build */
};

/* For cmocka_run_group_tests: *state becomes the struct desk. */
int desk_open(void **state);
int desk_close(void **state);

/* What differs from ticket to ticket, as it stands in JSON; NULL for what is usual. */
struct words {
	const char *event, *row, *seat, *section, *price, *kind, *name, *code;
	int at;		/* which ticket says all but the event, 0 first */
};
struct span desk_tickets(struct desk *, const struct words *, int n);
#define TICKETS(d, n, ...) desk_tickets((d), &(struct words){ __VA_ARGS__ }, (n))
struct span desk_receipt(struct desk *, int rows);	/* with so many seats */

/* Prints it, or the test fails; sheets.h looks at it then. */
struct span printed(struct desk *, struct span document);
void assert_says(struct desk *, const char *const *texts, size_t n);
#define SAYS(d, ...) assert_says((d), (const char *const[]){ __VA_ARGS__ }, ARRAY_LEN(((const char *const[]){ __VA_ARGS__ })))

#endif
