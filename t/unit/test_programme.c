/* test_programme.c - programme files: what is understood, and that every mistake is told with its file and line. */
#include "base/base.h"

#include <dirent.h>
#include <setjmp.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/settings.h"
#include "domain/programme.h"
#include "psp/psp.h"

#define NOON ((int64_t)1795262400000)	/* 2026-11-21T12:00Z, a Saturday */

struct house {
	struct arena *arena;
	const char *top;
	struct programme *programme;
};

static int
open_house(void **state)
{
	struct house *h = calloc(1, sizeof(*h));
	const char *top = getenv("srcdir");

	assert_non_null(h);
	h->arena = arena_new(64 * MiB);
	h->top = top && *top ? top : ".";
	h->programme = programme_new(h->arena, false);
	*state = h;
	return 0;
}

static int
close_house(void **state)
{
	struct house *h = *state;

	arena_free(h->arena);
	free(h);
	return 0;
}

static struct span
file_of(struct house *h, const char *name)
{
	struct span text;

	if (!file_read(h->arena, arena_fmt(h->arena, "%s/%s", h->top, name).p, PROGRAMME_FILE_MAX, &text))
		fail_msg("%s/%s cannot be read", h->top, name);
	return text;
}

static void
take(struct house *h, const char *name)
{
	programme_read(h->programme, name, file_of(h, name));
}

static void
finish(struct house *h)
{
	programme_check(h->programme);
	assert_string_equal(programme_errors(h->programme).p, "");
	programme_schedule(h->programme, NOON);
	assert_string_equal(programme_errors(h->programme).p, "");
}

/* The ten-seat house with these lines instead of its show. */
static void
take_show(struct house *h, const char *show)
{
	struct span text = file_of(h, "t/data/ten.programme");
	const char *old = strstr(text.p, "\nshow ");
	struct span whole;

	assert_non_null(old);
	whole = arena_fmt(h->arena, "%.*s\n%s", (int)(old - text.p), text.p, show);
	programme_read(h->programme, "show", whole);
	finish(h);
}

static const char *
start_text(struct house *h, size_t i)
{
	struct buf b;

	assert_in_range(i, 0, h->programme->n_starts - 1);
	buf_init(&b, h->arena, 100);
	isotime_print(&b, (struct moment){ h->programme->starts[i].starts_ms, h->programme->starts[i].show->hall->venue->city->zone });
	return b.p;
}

static void
a_small_house_is_understood(void **state)
{
	struct house *h = *state;
	const struct programme *p = h->programme;

	take(h, "t/data/ten.programme");
	finish(h);
	assert_string_equal(p->cities[0].name.p, "Testford");
	assert_true(span_is(p->cities[0].currency, "GBP"));
	assert_ptr_equal(p->halls[0].venue, &p->venues[0]);
	assert_int_equal(p->halls[0].n_seats, 10);
	assert_int_equal(p->prices[0].minor[1][1], 600);
	assert_int_equal(p->prices[0].n_charges, 2);
	assert_int_equal(programme_price(&p->prices[0], 1, 1), 750);
	assert_int_equal(p->shows[0].hold_seconds, 600);
	assert_int_equal(p->n_starts, 1);
	assert_string_equal(start_text(h, 0), "2026-11-22T19:30:00+00:00");
}

static void
a_drawing_gives_each_seat_its_place(void **state)
{
	struct house *h = *state;
	const struct programme_hall *hall = NULL;
	const struct programme_seat *s;

	take(h, "sql/example.programme");
	finish(h);
	hall = &h->programme->halls[0];
	s = hall->seats;			/* A  .oooo..wc */
	assert_true(span_is(s->row, "A"));
	assert_int_equal(s->number, 1);
	assert_int_equal(s->plan_row, 1);
	assert_int_equal(s->plan_col, 3);
	assert_int_equal(s[4].kind, SEAT_WHEELCHAIR);
	assert_int_equal(s[4].number, 5);
	assert_int_equal(s[4].plan_col, 15);
	assert_int_equal(s[5].kind, SEAT_COMPANION);
	s += 6 + 12;				/* C, behind the aisle */
	assert_true(span_is(s->row, "C"));
	assert_int_equal(s->plan_row, 4);
	s += 12 + 12;				/* E  ,ooooo.oooooo: half a seat in */
	assert_int_equal(s->plan_col, 2);
	assert_int_equal(s[5].plan_col, 14);
	assert_int_equal(s[11].kind, SEAT_RESTRICTED);
	assert_int_equal(s[11].section, 1);
}

static void
seats_side_by_side_are_kept_section_by_section(void **state)
{
	static const char *const hall = "\nhall wide \"Wide\"\n\tvenue little\n\tkind stage\n\tsection l \"Left\" tier 1\n"
	    "\tsection r \"Right\" tier 1\n\tplan l|r\n\t\tA oo|ox\n\t\tB from 11 oo|xo\n";
	struct house *h = *state;
	const struct programme_seat *s;

	take(h, "t/data/ten.programme");
	programme_read(h->programme, "wide", span_of(hall));
	finish(h);
	s = h->programme->halls[1].seats;
	assert_int_equal(h->programme->halls[1].n_seats, 6);
	assert_int_equal(s[2].number, 11);		/* left: A1 A2 B11 B12, then right: A3 B14 */
	assert_int_equal(s[4].number, 3);
	assert_int_equal(s[4].section, 1);
	assert_int_equal(s[4].plan_col, 7);
	assert_int_equal(s[5].number, 14);
	assert_int_equal(s[5].plan_col, 9);
}

static void
times_are_the_venues_own(void **state)
{
	struct house *h = *state;

	take_show(h, "show a-film in little\n\tprices little\n\tat 2026-07-01 00:15\n\tat 2027-07-01 00:15\n\tat today 12:00 12:01\n"
	    "\tevery sun wed 20:00 from today for 8 days\n");
	assert_int_equal(h->programme->n_past, 2);
	assert_int_equal(h->programme->n_starts, 4);
	assert_string_equal(start_text(h, 0), "2026-11-21T12:01:00+00:00");
	assert_string_equal(start_text(h, 1), "2026-11-22T20:00:00+00:00");
	assert_string_equal(start_text(h, 2), "2026-11-25T20:00:00+00:00");
	assert_string_equal(start_text(h, 3), "2027-07-01T00:15:00+01:00");
}

static void
soon_means_within_three_hours(void **state)
{
	struct house *h = *state;

	take_show(h, "show a-film in little\n\tprices little\n\tsoon\n\tat today 15:01\n");
	assert_int_equal(h->programme->n_starts, 2);
	assert_string_equal(start_text(h, 0), "2026-11-21T12:45:00+00:00");
}

static void
soon_adds_nothing_where_a_show_is_near(void **state)
{
	struct house *h = *state;

	take_show(h, "show a-film in little\n\tprices little\n\tsoon\n\tat today 14:59\n");
	assert_int_equal(h->programme->n_starts, 1);
}

static void
the_same_show_again_is_that_show(void **state)
{
	struct house *h = *state;
	struct programme *p = h->programme;

	take(h, "t/data/ten.programme");
	*PROGRAMME_ADD(p, p->busy, p->n_busy) = (struct programme_busy){ SPAN("little"), SPAN("a-film"), 77,
		NOON + (24 + 7) * 3600000 + 1800000, 90, false };
	finish(h);
	assert_int_equal(p->starts[0].id, 77);
}

static void
a_hall_that_is_taken_is_a_mistake(void **state)
{
	struct house *h = *state;
	struct programme *p = h->programme;

	take(h, "t/data/ten.programme");
	*PROGRAMME_ADD(p, p->busy, p->n_busy) = (struct programme_busy){ SPAN("little"), SPAN("other"), 78,
		NOON + (24 + 7) * 3600000, 60, false };
	programme_check(p);
	programme_schedule(p, NOON);
	assert_string_equal(programme_errors(p).p,
	    "t/data/ten.programme:38: little is taken then: show 78 (other) is there already\n");
}

static void
edges_of_a_sale_count_from_the_show_or_stand_alone(void **state)
{
	struct house *h = *state;
	const struct programme_show *s;
	int64_t start;

	take_show(h, "show a-film in little\n\tprices little\n\tat 2026-12-24 19:30\n\tsales-from today+1 10:00\n"
	    "\tsales-until 30 minutes before\n\thold 2 minutes\n\tsingles allowed\n\tseats 4\n");
	s = &h->programme->shows[0];
	start = h->programme->starts[0].starts_ms;
	assert_int_equal(programme_edge_ms(&s->sales_from, start, 0, s->hall->venue->city->zone, NOON), NOON + 22 * 3600000);
	assert_int_equal(programme_edge_ms(&s->sales_until, start, 0, s->hall->venue->city->zone, NOON), start - 1800000);
	assert_int_equal(programme_edge_ms(&s->companions_open, start, 5, s->hall->venue->city->zone, NOON), 5);
	assert_int_equal(s->hold_seconds, 120);
	assert_int_equal(s->seats_a_hold, 4);
	assert_true(s->singles_allowed);
}

/* -- fees, taxes, and giving back ------------------------------------------------------------------------------------------- */

static void
charge_is(const struct charge *c, enum charge_kind kind, const char *name, int64_t flat, int64_t millionths, bool included)
{
	if (!span_is(c->name, name))
		fail_msg("\"" PRSPAN "\" is not \"%s\"", ARGSPAN(c->name), name);
	assert_int_equal(c->kind, kind);
	assert_int_equal(c->flat, flat);
	assert_int_equal(c->millionths, millionths);
	assert_int_equal(c->included, included);
}

static void
fees_and_taxes_are_amounts_or_rates(void **state)
{
	static const char *const table = "prices a\n\ttax VAT 20 % included\n\tcurrency GBP\n\ttypes adult\n\ttier 1 10.00\n\tfee 1.50\n"
	    "\tfee Card 2.5%\n\tfee \"House, and \\\"roof\\\"\" 0.30 included\n\ttax GST 9 %\n\ttax \"City tax\" 0.0625 %\n\ttax Levy 1\n";
	struct house *h = *state;
	const struct programme_prices *p;

	programme_read(h->programme, "table", span_of(table));
	assert_string_equal(programme_errors(h->programme).p, "");
	p = h->programme->prices;
	assert_int_equal(p->n_charges, 7);
	charge_is(&p->charges[0], CHARGE_TAX, "VAT", 0, 200000, true);
	charge_is(&p->charges[1], CHARGE_FEE, "Booking fee", 150, 0, false);
	charge_is(&p->charges[2], CHARGE_FEE, "Card", 0, 25000, false);
	charge_is(&p->charges[3], CHARGE_FEE, "House, and \"roof\"", 30, 0, true);
	charge_is(&p->charges[4], CHARGE_TAX, "GST", 0, 90000, false);
	charge_is(&p->charges[5], CHARGE_TAX, "City tax", 0, 625, false);
	charge_is(&p->charges[6], CHARGE_TAX, "Levy", 100, 0, false);
	assert_int_equal(programme_price(p, 1, 0), 1000 + 150 + 25 + 106 + 1 + 100);	/* 1175: 105.75 and 0.73 */
}

static void
a_show_says_until_when_tickets_may_be_given_back(void **state)
{
	struct house *h = *state;
	const struct programme_show *s;

	take_show(h, "show a-film in little\n\tprices little\n\tat today+1 12:00\n\tcancel until 24 h before keeping 1.50\n\n"
	    "show a-film in little\n\tprices little\n\tat today+1 15:00\n\tcancel until 2 days before\n\n"
	    "show a-film in little\n\tprices little\n\tat today+1 18:00\n");
	s = h->programme->shows;
	assert_true(s[0].cancel_at.line > 0 && s[1].cancel_at.line > 0);
	assert_int_equal(s[0].cancel_hours, 24);
	assert_int_equal(s[0].cancel_fee, 150);
	assert_int_equal(s[1].cancel_hours, 48);
	assert_int_equal(s[1].cancel_fee, 0);
	assert_int_equal(s[2].cancel_at.line, 0);
}

/* As a provider whose amounts end in 0. */
static bool
takes_tens(void *context, struct money m)
{
	*(int *)context += 1;
	return m.minor > 0 && m.minor % 10 == 0;
}

static const char *
told_by_till(struct house *h, struct span text, struct programme_till till)
{
	struct programme *p = programme_new(h->arena, false);

	p->till = till;
	programme_read(p, "show", text);
	programme_check(p);
	return programme_errors(p).p;
}

static void
a_price_that_no_provider_takes_is_a_mistake(void **state)
{
	struct house *h = *state;
	struct span text = file_of(h, "t/data/ten.programme");
	int asked = 0;
	struct programme_till till = { takes_tens, &asked, 1 };
	char *fee = strstr(text.p, "fee 1.50"), *end = strstr(text.p, "at today+1 19:30");

	assert_true(fee && end);
	assert_string_equal(told_by_till(h, text, till), "");
	assert_int_equal(asked, 2);
	memcpy(fee, "fee 1.55", 8);
	assert_string_equal(told_by_till(h, text, till), "show:17: no payment provider that is switched on takes £11.55\n");
	memcpy(fee, "fee 1.50", 8);
	text = arena_fmt(h->arena, "%s\tcancel until 24 h before keeping 1.05\n", text.p);
	assert_string_equal(told_by_till(h, text, till), "show:39: no payment provider that is switched on gives £10.45 back\n");
}

static void
without_a_provider_every_show_is_a_mistake_but_a_hall_is_none(void **state)
{
	struct house *h = *state;
	struct span text = file_of(h, "t/data/ten.programme");
	int asked = 0;
	struct programme_till till = { takes_tens, &asked, 0 };
	const char *show = strstr(text.p, "\nshow ");

	assert_non_null(show);
	assert_string_equal(told_by_till(h, text, till),
	    "show:36: no payment provider is switched on, so nobody could pay for this show\n");
	assert_string_equal(told_by_till(h, (struct span){ text.p, (size_t)(show - text.p) }, till), "");
	assert_int_equal(asked, 0);
}

/* Each file of t/data/bad says in its first line what must be told first: "# line: part of the message". */
static void
refuses(struct house *h, const char *name)
{
	struct programme *p = programme_new(h->arena, false);
	struct span text = file_of(h, name), rest = text, expected, told;
	struct span head = span_cut(&rest, '\n');

	programme_read(p, name, text);
	programme_check(p);
	if (!p->n_errors)
		programme_schedule(p, NOON);
	head = (struct span){ head.p + 2, head.n - 2 };
	expected = span_cut(&head, ':');
	told = programme_errors(p);
	told = span_cut(&told, '\n');
	if (!span_starts(told, arena_fmt(h->arena, "%s:" PRSPAN ": ", name, ARGSPAN(expected)).p) ||
	    !strstr(CSTR(h->arena, told), CSTR(h->arena, span_trim(head))))
		fail_msg("%s: expected line " PRSPAN " and \"" PRSPAN "\", told \"" PRSPAN "\"", name, ARGSPAN(expected),
		    ARGSPAN(span_trim(head)), ARGSPAN(told));
}

static void
each_mistake_is_told_with_its_line(void **state)
{
	struct house *h = *state;
	DIR *dir = opendir(arena_fmt(h->arena, "%s/t/data/bad", h->top).p);
	struct dirent *e;
	int files = 0;

	assert_non_null(dir);
	while ((e = readdir(dir)))
		if (strstr(e->d_name, ".programme")) {
			refuses(h, arena_fmt(h->arena, "t/data/bad/%s", e->d_name).p);
			files++;
		}
	closedir(dir);
	assert_in_range(files, 80, 1000);
}

static void
many_mistakes_are_told_at_once_but_not_without_end(void **state)
{
	struct house *h = *state;
	struct buf b;

	buf_init(&b, h->arena, MiB);
	for (int i = 0; i < PROGRAMME_ERRORS + 5; i++)
		BUF_LIT(&b, "nonsense\n");
	programme_read(h->programme, "many", buf_view(&b));
	assert_int_equal(h->programme->n_errors, PROGRAMME_ERRORS + 5);
	assert_non_null(strstr(programme_errors(h->programme).p, "many:20: "));
	assert_null(strstr(programme_errors(h->programme).p, "many:21: "));
	assert_non_null(strstr(programme_errors(h->programme).p, "and 5 more"));
}

static void
mistakes_are_told_in_whole_letters(void **state)
{
	struct house *h = *state;
	struct buf b;

	buf_init(&b, h->arena, MiB);
	for (int n = 0; n < 4; n++) {
		buf_fmt(&b, "%.*s", n, "xyz");
		for (int i = 0; i < 200; i++)
			buf_text(&b, "東");
		buf_fmt(&b, "\ncity a \"A\" %.*s東東東東東東東東東東東東東東東東東東東東東東東東\n", n, "xyz");
	}
	programme_read(h->programme, "letters", buf_view(&b));
	assert_int_equal(h->programme->n_errors, 8);
	assert_true(span_utf8(programme_errors(h->programme)));
}

/* The whole file, and of what is read of it a few times as much. */
static void
told_within_its_length(struct house *h, struct span head, struct span again, int times, const char *told)
{
	struct arena *a;
	struct programme *p;
	struct buf b;

	buf_init(&b, h->arena, 4 * MiB);
	buf_span(&b, head);
	for (int i = 0; i < times; i++)
		buf_span(&b, again);
	assert_false(b.failed);
	a = arena_new(MiB + 8 * b.n);		/* the process ends where that is not enough */
	p = programme_new(a, false);
	programme_read(p, "long", buf_view(&b));
	if (!strstr(programme_errors(p).p, told))
		fail_msg("told \"%s\"", programme_errors(p).p);
	arena_free(a);
}

static void
a_long_file_takes_memory_by_its_length(void **state)
{
	struct house *h = *state;

	told_within_its_length(h, SPAN("event a \"A\"\n"), SPAN("\tabout \"x\"\n"), 40000, "long:602: what it is about has more than 1200 characters");
	told_within_its_length(h, SPAN("hall a \"A\"\n\tsection a \"A\" tier 1\n\tplan a\n\t\tA "), SPAN("o"), 400000,
	    "long:4: a row is at most 60 seats wide");
	told_within_its_length(h, SPAN("hall a \"A\"\n"), SPAN("\tsection a \"A\" tier 1\n"), 10000, "long:3: section a stands here twice");
}

/* The demonstration's provider, as the configuration that ./demo writes has it. */
static bool
stripe_takes(void *context, struct money m)
{
	const struct psp *psp = context;

	return psp->kind->check_amount(context, m);
}

static void
the_demonstration_is_a_good_programme(void **state)
{
	static const char *const files[] = { "places", "halls", "titles", "shows" };
	struct house *h = *state;
	struct settings settings = { .stripe_base_url = "https://127.0.0.1:1", .stripe_secret_key = { SPAN("sk_test_1") },
		.stripe_webhook_secrets = { SPAN("whsec_1") }, .stripe_version = "1" };
	struct programme *p = h->programme;
	struct psp *psps;
	size_t big = 0;

	assert_int_equal(psp_all(h->arena, &settings, &psps), 1);
	p->till = (struct programme_till){ stripe_takes, &psps[0], 1 };
	p->demo = true;
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		take(h, arena_fmt(h->arena, "sql/demo/%s.programme", files[i]).p);
	finish(h);
	assert_int_equal(p->n_cities, 5);
	assert_int_equal(p->n_venues, 10);
	assert_int_equal(p->n_halls, 22);
	assert_int_equal(p->n_events, 30);
	for (size_t i = 0; i < p->n_halls; i++)
		big += p->halls[i].n_seats == 1800;
	assert_int_equal(big, 1);
	for (size_t i = 0; i < p->n_events; i++)
		file_of(h, arena_fmt(h->arena, "static/posters/" PRSPAN, ARGSPAN(p->events[i].poster)).p);
}

/* At whatever hour of the week it is loaded: no two shows meet, and each city has one within three hours. */
static void
the_demonstration_fits_every_hour_of_a_week(void **state)
{
	static const char *const files[] = { "places", "halls", "titles", "shows" };
	struct house *h = *state;

	for (int hour = 0; hour < 7 * 24; hour++) {
		struct arena *a = arena_new(64 * MiB);
		struct programme *p = programme_new(a, true);
		int64_t now = NOON + hour * (int64_t)3600000 + hour * (int64_t)420000;
		unsigned near = 0;

		for (size_t i = 0; i < ARRAY_LEN(files); i++)
			programme_read(p, files[i], file_of(h, arena_fmt(a, "sql/demo/%s.programme", files[i]).p));
		programme_check(p);
		programme_schedule(p, now);
		assert_string_equal(programme_errors(p).p, "");
		for (size_t i = 0; i < p->n_starts; i++)
			if (p->starts[i].starts_ms <= now + 3 * (int64_t)3600000)
				near |= 1u << (p->starts[i].show->hall->venue->city - p->cities);
		assert_int_equal(near, 31);
		arena_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_house, close_house)
		TEST(a_small_house_is_understood),
		TEST(a_drawing_gives_each_seat_its_place),
		TEST(seats_side_by_side_are_kept_section_by_section),
		TEST(times_are_the_venues_own),
		TEST(soon_means_within_three_hours),
		TEST(soon_adds_nothing_where_a_show_is_near),
		TEST(the_same_show_again_is_that_show),
		TEST(a_hall_that_is_taken_is_a_mistake),
		TEST(edges_of_a_sale_count_from_the_show_or_stand_alone),
		TEST(fees_and_taxes_are_amounts_or_rates),
		TEST(a_show_says_until_when_tickets_may_be_given_back),
		TEST(a_price_that_no_provider_takes_is_a_mistake),
		TEST(without_a_provider_every_show_is_a_mistake_but_a_hall_is_none),
		TEST(each_mistake_is_told_with_its_line),
		TEST(many_mistakes_are_told_at_once_but_not_without_end),
		TEST(mistakes_are_told_in_whole_letters),
		TEST(a_long_file_takes_memory_by_its_length),
		TEST(the_demonstration_is_a_good_programme),
		TEST(the_demonstration_fits_every_hour_of_a_week),
	};

	return cmocka_run_group_tests_name("programme", tests, NULL, NULL);
}
