/*
 * stack.h - all of Foyer, started by ./demo for one test program: a private database, foyerd, the stand-in provider, nginx. Programs
 * run in the project's top folder (or srcdir names it); FOYER_BUILD names the build (default build).
 */
#ifndef FOYER_T_STACK_H
#define FOYER_T_STACK_H

#include "base/base.h"

#include "db/db.h"

struct stack {
	char folder[128];		/* FOYER_VAR */
	int port;			/* the site; the provider answers on the next but one */
	struct arena *arena;		/* pages and rows of the whole program */
	struct db *db;			/* the database as its root */
	char foyerd[256];		/* another foyerd than the build's; "" for that one */
};

/*
 * programme: a file for foyerctl load. extra: configuration lines, may be "". env: more "NAME=value" words for ./demo, may be "".
 * The program ends (and cleans up) if it does not start.
 */
void stack_open(struct stack *, const char *programme, const char *extra, const char *env);
void stack_close(struct stack *);
const char *stack_top(void);		/* the project's top folder */
/* ./demo WORDS, as "stop foyerd"; its exit status. */
int stack_demo(struct stack *, const char *words);
/* The audit's exit status; what it found is printed. Money may be in flight for no second. */
int stack_audit(struct stack *);
/* One round of the reaper. */
void stack_reap(struct stack *);
/* foyerctl WORDS, output thrown away; its exit status. And with what it printed on standard output. */
int stack_ctl(struct stack *, const char *words);
int stack_ctl_says(struct stack *, const char *words, const char **text);
/* SELECT's first number, or all rows as text; a script of statements. */
int64_t stack_number(struct stack *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
const char *stack_text(struct stack *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void stack_sql(struct stack *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* As if so many seconds had passed for holds and held seats. */
void stack_all_due(struct stack *);			/* unfinished payments and refunds are the reaper's next business */
void stack_later(struct stack *, int seconds);
/* POST to the stand-in provider by whoever has its key; and to its control endpoint: "fail=create:500:2". */
struct page;
struct page stack_at_provider(struct stack *, const char *path, const char *form);
struct page stack_ask_provider(struct stack *, const char *path);	/* GET */
void stack_control(struct stack *, const char *orders);
/* Tries until the SELECT gives the number, up to so many seconds; false if it never does. */
bool stack_until(struct stack *, int seconds, int64_t wanted, const char *select);

#endif
