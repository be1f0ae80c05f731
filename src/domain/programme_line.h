/*
 * programme_line.h - what the files that read programmes share: one line, taken apart word by word. A mistake is told once a line;
 * after it everything on that line reads as empty and says nothing more.
 */
#ifndef FOYER_DOMAIN_PROGRAMME_LINE_H
#define FOYER_DOMAIN_PROGRAMME_LINE_H

#include "domain/programme.h"

struct line {
	struct programme *programme;
	struct programme_place at;
	struct span rest;		/* not read yet */
	bool bad;
};

void line_error(struct line *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool line_more(struct line *);				/* something is left */
struct span line_peek(struct line *);			/* the next word, not taken; empty at the end */
bool line_skip(struct line *, const char *word);	/* takes the next word if it is this one */
void line_need(struct line *, const char *word);	/* the next word must be this one */
struct span line_word(struct line *, const char *what);
struct span line_slug(struct line *, const char *what, size_t max);
struct span line_text(struct line *, const char *what, size_t min, size_t max);	/* in quotes; lengths in characters */
int64_t line_number(struct line *, const char *what, int64_t min, int64_t max);
int64_t line_money(struct line *, struct span currency);
/* An amount that stands at this place; false, and told there, if it is none. */
bool programme_money(struct programme *, struct programme_place, struct span word, struct span currency, int64_t *minor);
struct programme_day line_day(struct line *);		/* today, today+3, 2026-12-24 */
int line_clock(struct line *);				/* 19:30, as minutes */
bool line_at_clock(struct line *);			/* the next word begins with a digit: a time, an amount */
int64_t line_span_ms(struct line *, int64_t most_ms);	/* "2 minutes", "24 h", "1 day" */
void line_end(struct line *);				/* nothing may be left */

/* programme_plan.c: the drawing of a hall. Rows and aisles only count below a `plan`. */
struct plan_state {
	size_t sections[8];	/* of the hall's, left to right; n 0: no plan line yet */
	size_t n;
	bool lost;		/* the plan line was wrong: its rows are passed over */
	int row;		/* plan_row of the last row read */
	struct span *labels;
	struct programme_place *label_at;
	size_t n_labels, n_label_at;
};
void plan_sections(struct line *, struct programme_hall *, struct plan_state *);	/* after the word `plan` */
void plan_row(struct line *, struct programme_hall *, struct plan_state *);		/* a whole row's line */
void plan_aisle(struct line *, struct programme_hall *, struct plan_state *);
void plan_finish(struct programme *, struct programme_hall *);				/* the hall has been read */

/* programme_prices.c: the lines below a price table. */
void prices_types(struct line *, struct programme_prices *);
void prices_tier(struct line *, struct programme_prices *);
void prices_charge(struct line *, struct programme_prices *, enum charge_kind);	/* after the word `fee` or `tax` */

/* programme_show.c: the lines below a show. */
void show_once(struct line *, struct programme_show *);
void show_every(struct line *, struct programme_show *);
void show_soon(struct line *, struct programme_show *);
void show_edge(struct line *, struct programme_edge *);
void show_cancel(struct line *, struct programme_show *);
void show_sold(struct line *, struct programme_show *);

#endif
