/*
 * foyerctl_money.c - what an operator asks and decides about money: the books, the list of what is astray, providers, tickets and money
 * given back.
 */
#include "base/base.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "domain/attention.h"
#include "domain/bookings.h"
#include "domain/books.h"
#include "domain/cancel.h"
#include "domain/payments.h"
#include "domain/providers.h"
#include "domain/refunds.h"
#include "programs/foyerctl.h"
#include "psp/psp.h"

#define LINES_MOST 1000
#define DAYS_USUAL 31
#define WORDS_MOST 200

static int
failed(enum outcome o)
{
	fprintf(stderr, "foyerctl: it ended as %s; the log above says why\n", outcome_name(o));
	return IMPOSSIBLE;
}

/* -- the books ------------------------------------------------------------------------------------------------------------- */

static void
print_sum(struct buf *b, int64_t minor, const char *currency)
{
	struct money m = { .minor = minor };
	struct buf text;

	memcpy(m.code, currency, 3);
	buf_init(&text, b->arena, 100);
	money_print(&text, m);
	buf_fmt(b, "\t" PRSPAN, ARGSPAN(buf_view(&text)));
}

int
ctl_reconcile(struct call *c)
{
	int64_t days = DAYS_USUAL, wrong = 0;
	struct book_line *list;
	struct buf b;
	size_t n;
	enum outcome o;

	if (c->n_args && (c->n_args != 2 || strcmp(c->args[0], "--days") != 0 || !span_int(span_of(c->args[1]), 0, 36600, &days)))
		return ctl_usage("reconcile takes --days N or nothing");
	o = books_read(c->db, c->arena, days, &list, &n);
	if (o != OUTCOME_OK)
		return failed(o);
	buf_init(&b, c->arena, 4 * MiB);
	buf_text(&b, "day (UTC)\tprovider\tpayments\tcaptured\ttickets\tkept\trefunded\trefund open\tdisputed\n");
	for (size_t i = 0; i < n; i++) {
		const struct book_line *l = &list[i];
		int64_t off = l->captured - l->tickets - l->kept - l->refunded - l->refund_open;

		buf_fmt(&b, PRSPAN "\t" PRSPAN "\t%" PRId64, ARGSPAN(l->day), ARGSPAN(l->provider), l->payments);
		for (size_t k = 0; k < 6; k++)
			print_sum(&b, (int64_t[]){ l->captured, l->tickets, l->kept, l->refunded, l->refund_open, l->disputed }[k], l->currency);
		if (off) {
			buf_text(&b, "\tdoes not add up by");
			print_sum(&b, off, l->currency);
		}
		wrong += off != 0;
		buf_byte(&b, '\n');
	}
	buf_fmt(&b, "%zu lines, %" PRId64 " do not add up%s\n", n, wrong, wrong ? ": foyerctl audit names the payments" : "");
	return ctl_print(&b) != DONE ? IMPOSSIBLE : wrong ? NO : DONE;
}

/* -- what is astray -------------------------------------------------------------------------------------------------------- */

/* "12-345": two numbers. */
static bool
read_pair(const char *text, int64_t *show, int64_t *id)
{
	struct span rest = span_of(text), first = span_cut(&rest, '-');

	return span_int(first, 0, INT64_MAX, show) && span_int(rest, 1, INT64_MAX, id);
}

static int
attention_end(struct call *c)
{
	struct span words = c->n_args == 3 ? span_trim(span_of(c->args[2])) : SPAN_NONE;
	int64_t show, id;
	enum outcome o;

	if (c->n_args != 3 || !words.n || words.n > WORDS_MOST || !read_pair(c->args[1], &show, &id))
		return ctl_usage("attention done takes a line's number, as the list shows it, and words that say what was done");
	o = attention_done(c->db, show, id, words);
	if (o == OUTCOME_NOT_FOUND) {
		fprintf(stderr, "foyerctl: there is no such line that is not done\n");
		return NO;
	}
	return o == OUTCOME_OK ? DONE : failed(o);
}

int
ctl_attention(struct call *c)
{
	struct attention *list;
	struct buf b;
	size_t n;

	if (c->n_args && strcmp(c->args[0], "done") == 0)
		return attention_end(c);
	if (c->n_args)
		return ctl_usage("attention takes \"done LINE WORDS\" or nothing");
	n = attention_list(c->db, c->arena, LINES_MOST, &list);
	if (db_failed(c->db))
		return failed(outcome_of_reads(c->db));
	buf_init(&b, c->arena, 4 * MiB);
	for (size_t i = 0; i < n; i++) {
		const struct attention *a = &list[i];

		buf_fmt(&b, "%" PRId64 "-%" PRId64 "\t", a->show, a->id);
		sql_time_print(&b, a->at_ms);
		buf_fmt(&b, "\t" PRSPAN "\t" PRSPAN "\t" PRSPAN "\t%" PRId64 "\t" PRSPAN "\n", ARGSPAN(a->kind), ARGSPAN(a->provider),
		    ARGSPAN(a->subject), a->payment, ARGSPAN(a->words));
	}
	buf_fmt(&b, "%zu %s\n", n, n == 1 ? "line needs somebody" : "lines need somebody");
	return ctl_print(&b) != DONE ? IMPOSSIBLE : n ? NO : DONE;
}

/* -- providers -------------------------------------------------------------------------------------------------------------- */

int
ctl_provider(struct call *c)
{
	struct psp *list;
	size_t n = psp_all(c->arena, c->settings, &list);
	bool on;

	if (c->n_args == 0) {
		for (size_t i = 0; i < n; i++) {
			bool offered = provider_offered(c->db, c->arena, span_of(list[i].kind->name));

			printf("%s\t%s\t%s\n", list[i].kind->name, offered ? "on" : "off", list[i].live ? "live" : "test");
		}
		return db_failed(c->db) ? failed(outcome_of_reads(c->db)) : DONE;
	}
	if (c->n_args != 2 || (strcmp(c->args[1], "on") != 0 && strcmp(c->args[1], "off") != 0))
		return ctl_usage("provider takes a name and \"on\" or \"off\", or nothing");
	if (!psp_named(list, n, span_of(c->args[0]))) {
		fprintf(stderr, "foyerctl: the configuration has no provider %s\n", c->args[0]);
		return NO;
	}
	on = strcmp(c->args[1], "on") == 0;
	if (provider_switch(c->db, span_of(c->args[0]), on) != OUTCOME_OK)
		return failed(outcome_of_reads(c->db));
	printf("%s is %s\n", c->args[0], on ? "offered to buyers" : "not offered any more; what began with it goes on");
	return DONE;
}

/* -- tickets and money given back ----------------------------------------------------------------------------------------------- */

/* The booking of a reference, as an operator reads it off a ticket. */
static bool
find_booking(struct call *c, const char *text, struct booking *b)
{
	if (booking_by_reference(c->db, c->arena, span_of(text), b) == OUTCOME_OK)
		return true;
	fprintf(stderr, db_failed(c->db) ? "foyerctl: the database does not answer\n" : "foyerctl: there is no booking %s\n", text);
	return false;
}

/* "15.50" of this currency in minor units. */
static bool
read_amount(const char *text, const struct money *like, int64_t *minor)
{
	if (money_read(span_of(text), like->code, minor) && *minor >= 0)
		return true;
	fprintf(stderr, "foyerctl: %s is no amount of %s\n", text, like->code);
	return false;
}

/* "C7,C8": row and number of tickets of the booking. */
static bool
read_seats(struct call *c, const char *text, const struct booking *b, struct cancel_ask *ask)
{
	struct span rest = span_of(text);

	while (rest.n) {
		struct span name = span_trim(span_cut(&rest, ','));
		size_t i = 0;

		while (i < b->n && !span_eq(name, arena_fmt(c->arena, PRSPAN PRSPAN, ARGSPAN(b->tickets[i].row), ARGSPAN(b->tickets[i].number))))
			i++;
		if (i == b->n || ask->n == HOLD_MAX_SEATS) {
			fprintf(stderr, "foyerctl: the booking has no ticket for " PRSPAN "\n", ARGSPAN(name));
			return false;
		}
		ask->seats[ask->n++] = b->tickets[i].seat;
	}
	return ask->n > 0;
}

static void
say_sum(struct call *c, const char *before, struct money m)
{
	struct buf b;

	buf_init(&b, c->arena, 200);
	money_print(&b, m);
	printf("%s" PRSPAN, before, ARGSPAN(buf_view(&b)));
}

int
ctl_cancel(struct call *c)
{
	struct cancel_ask ask = { .refund = id_new() };
	struct cancel_result r;
	struct booking b;
	enum outcome o;

	if (c->n_args < 1 || c->n_args % 2 == 0)
		return ctl_usage("cancel takes a reference, --seats and --keep");
	if (!find_booking(c, c->args[0], &b))
		return NO;
	for (int i = 1; i < c->n_args; i += 2) {
		if (strcmp(c->args[i], "--seats") == 0 ? !read_seats(c, c->args[i + 1], &b, &ask) :
		    strcmp(c->args[i], "--keep") != 0 || !read_amount(c->args[i + 1], &b.total, &ask.keep_minor))
			return ctl_usage("cancel takes a reference, --seats and --keep");
	}
	ask.show = b.show;
	ask.booking = b.id;
	o = booking_cancel(c->db, c->arena, &ask, &r);
	if (o == OUTCOME_CHANGED || o == OUTCOME_NOT_FOUND) {
		fprintf(stderr, "foyerctl: nothing was cancelled: a ticket is cancelled or used already\n");
		return NO;
	}
	if (o != OUTCOME_OK)
		return failed(o);
	printf("%zu tickets cancelled, %zu left", r.cancelled, r.left);
	say_sum(c, ", back ", r.back);
	say_sum(c, ", kept ", r.kept);
	puts("");
	return DONE;
}

static int
refund_decide(struct call *c, bool given)
{
	struct span words = c->n_args == 3 ? span_trim(span_of(c->args[2])) : SPAN_NONE;
	int64_t show, refund;
	enum outcome o;

	if (c->n_args != (given ? 3 : 2) || (given && (!words.n || words.n > WORDS_MOST)) || !read_pair(c->args[1], &show, &refund))
		return ctl_usage("refund done takes a refund (show-refund) and words that say how it was given; refund again takes the refund");
	o = given ? refund_by_hand(c->db, c->arena, show, refund, id_new(), words) : refund_again(c->db, c->arena, show, refund, id_new());
	if (o == OUTCOME_NOT_FOUND || o == OUTCOME_CHANGED) {
		fprintf(stderr, "foyerctl: that refund does not need a human\n");
		return NO;
	}
	return o == OUTCOME_OK ? DONE : failed(o);
}

int
ctl_refund(struct call *c)
{
	struct booking b;
	struct payment p;
	struct money left;
	int64_t minor;
	enum outcome o;

	if (c->n_args && (strcmp(c->args[0], "done") == 0 || strcmp(c->args[0], "again") == 0))
		return refund_decide(c, c->args[0][0] == 'd');
	if (c->n_args != 2)
		return ctl_usage("refund takes a reference and an amount, or done or again with a refund");
	if (!find_booking(c, c->args[0], &b) || !read_amount(c->args[1], &b.total, &minor))
		return NO;
	o = payment_of_hold(c->db, c->arena, b.show, b.hold, &p);
	if (o == OUTCOME_OK)
		o = refund_give(c->db, c->arena, b.show, p.id, id_new(), minor, SPAN("goodwill"), &left);
	if (o == OUTCOME_LIMIT) {
		say_sum(c, "foyerctl: that is not to be had; left of this payment is ", left);
		puts("");
		return NO;
	}
	if (o != OUTCOME_OK)
		return failed(o);
	puts("the refund is due; foyer-reaper asks the provider for it");
	return DONE;
}
