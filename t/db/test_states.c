/* test_states.c - the table of moves, the states that the schema can store, and the types of events are one and the same story. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "t/lib/box_office.h"

#include "domain/outbox.h"
#include "domain/states.h"

static const struct {
	enum thing thing;
	const char *table, *column, *prefix;	/* prefix: of its events that tell of a state by its name */
	const char *first;
	const char *last;			/* where it ends for good, with blanks between */
} things[] = {
	{ THING_SEAT, "show_seats", "status", NULL, "available", "" },
	{ THING_HOLD, "holds", "state", NULL, "active", "confirmed released expired" },
	{ THING_BOOKING, "bookings", "state", "BOOKING_", "pending", "failed cancelled" },
	{ THING_PAYMENT, "payments", "state", "PAYMENT_", "created", "refunded" },
	{ THING_REFUND, "refunds", "state", "REFUND_", "pending", "failed" },
};

#define STATES_MAX 10
struct states {
	struct span names[STATES_MAX];
	size_t n;
};

/* As the schema has them: enum('created','open',…). */
static struct states
stored(struct box_office *f, const char *table, const char *column)
{
	struct span type = span_of(box_office_text(f, "SELECT column_type FROM information_schema.columns WHERE table_schema = '%s' "
	    "AND table_name = '%s' AND column_name = '%s'", f->database, table, column));
	struct states s = { 0 };

	span_cut(&type, '\'');
	while (type.n && s.n < STATES_MAX) {
		s.names[s.n++] = span_cut(&type, '\'');
		span_cut(&type, '\'');
	}
	assert_in_range(s.n, 2, STATES_MAX - 1);
	return s;
}

static bool
has(const struct states *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (span_is(s->names[i], name))
			return true;
	return false;
}

static bool
is_last(const char *last, struct span state)
{
	struct span rest = span_of(last);

	while (rest.n)
		if (span_eq(span_cut(&rest, ' '), state))
			return true;
	return false;
}

static void
moves_lead_only_from_and_to_states_that_can_be_stored(void **state)
{
	for (size_t t = 0; t < ARRAY_LEN(things); t++) {
		struct states s = stored(*state, things[t].table, things[t].column);

		for (size_t i = 0; i < n_moves; i++)
			if (moves[i].thing == things[t].thing && (!has(&s, moves[i].from) || !has(&s, moves[i].to)))
				fail_msg("%s.%s cannot be %s or %s", things[t].table, things[t].column, moves[i].from, moves[i].to);
	}
}

static void
every_state_is_the_first_or_some_move_leads_to_it(void **state)
{
	for (size_t t = 0; t < ARRAY_LEN(things); t++) {
		struct states s = stored(*state, things[t].table, things[t].column);

		assert_true(span_is(s.names[0], things[t].first));
		for (size_t k = 0; k < s.n; k++) {
			bool reached = span_is(s.names[k], things[t].first) || span_is(s.names[k], "blocked");

			for (size_t i = 0; i < n_moves; i++)
				reached |= moves[i].thing == things[t].thing && span_is(s.names[k], moves[i].to);
			if (!reached)
				fail_msg("%s: nothing leads to " PRSPAN, things[t].table, ARGSPAN(s.names[k]));
		}
	}
}

static void
a_last_state_has_no_way_out_and_every_other_has_one(void **state)
{
	for (size_t t = 0; t < ARRAY_LEN(things); t++) {
		struct states s = stored(*state, things[t].table, things[t].column);

		for (size_t k = 0; k < s.n; k++) {
			bool leaves = span_is(s.names[k], "blocked");

			for (size_t i = 0; i < n_moves; i++)
				leaves |= moves[i].thing == things[t].thing && span_is(s.names[k], moves[i].from);
			if (leaves == is_last(things[t].last, s.names[k]))
				fail_msg("%s " PRSPAN ": %s", things[t].table, ARGSPAN(s.names[k]), leaves ? "has a way out" : "has none");
		}
	}
}

/* Walks the table from a move on; coming back to where it began would be going in a circle. */
static bool
comes_back(enum thing thing, const char *from, const char *start, size_t depth)
{
	if (depth > n_moves)
		return true;
	for (size_t i = 0; i < n_moves; i++) {
		if (moves[i].thing != thing || strcmp(moves[i].from, from) != 0)
			continue;
		if (strcmp(moves[i].to, start) == 0 || comes_back(thing, moves[i].to, start, depth + 1))
			return true;
	}
	return false;
}

static void
states_only_move_forward_but_for_seats(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_moves; i++)
		if (moves[i].thing != THING_SEAT && comes_back(moves[i].thing, moves[i].from, moves[i].from, 0))
			fail_msg("%s comes back to itself", moves[i].from);
	assert_true(comes_back(THING_SEAT, "available", "available", 0));
}

static bool
is_event_type(const char *name)
{
	for (size_t i = 0; i < n_event_types; i++)
		if (strcmp(event_types[i].type, name) == 0)
			return true;
	return false;
}

static void
every_move_has_an_event_of_a_known_type(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_moves; i++)
		if (!is_event_type(moves[i].outbox))
			fail_msg("%s to %s: %s is no type of event", moves[i].from, moves[i].to, moves[i].outbox);
}

/* PAYMENT_REFUND_DUE for a payment that becomes refund_due, and one for the state in which it begins. */
static void
events_are_named_after_the_state_that_they_tell_of(void **state)
{
	struct box_office *f = *state;

	for (size_t t = 0; t < ARRAY_LEN(things); t++) {
		struct states s = stored(f, things[t].table, things[t].column);

		for (size_t k = 0; k < s.n && things[t].prefix; k++) {
			char *name = arena_alloc(f->arena, 100);

			snprintf(name, 100, "%s" PRSPAN, things[t].prefix, ARGSPAN(s.names[k]));
			for (char *p = name; *p; p++)
				if (*p >= 'a' && *p <= 'z')
					*p += 'A' - 'a';
			if (!is_event_type(name))
				fail_msg("%s is no type of event", name);
			for (size_t i = 0; i < n_moves; i++)
				if (moves[i].thing == things[t].thing && span_is(s.names[k], moves[i].to))
					assert_string_equal(moves[i].outbox, name);
		}
	}
}

static void
any_other_move_is_refused(void **state)
{
	for (size_t t = 0; t < ARRAY_LEN(things); t++) {
		struct states s = stored(*state, things[t].table, things[t].column);

		for (size_t a = 0; a < s.n; a++)
			for (size_t b = 0; b < s.n; b++) {
				const char *to = CSTR(((struct box_office *)*state)->arena, s.names[b]);
				bool listed = false;

				for (size_t i = 0; i < n_moves; i++)
					listed |= moves[i].thing == things[t].thing && span_is(s.names[a], moves[i].from) &&
					    strcmp(moves[i].to, to) == 0;
				assert_int_equal(move_find(things[t].thing, s.names[a], to) != NULL, listed);
			}
	}
	assert_null(move_find(THING_PAYMENT, SPAN("nonsense"), "paid"));
}

static void
event_types_are_told_apart_and_fit_their_column(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_event_types; i++) {
		assert_in_range(strlen(event_types[i].type), 1, 24);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(event_types[i].type, event_types[k].type);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(moves_lead_only_from_and_to_states_that_can_be_stored),
		cmocka_unit_test(every_state_is_the_first_or_some_move_leads_to_it),
		cmocka_unit_test(a_last_state_has_no_way_out_and_every_other_has_one),
		cmocka_unit_test(states_only_move_forward_but_for_seats),
		cmocka_unit_test(every_move_has_an_event_of_a_known_type),
		cmocka_unit_test(events_are_named_after_the_state_that_they_tell_of),
		cmocka_unit_test(any_other_move_is_refused),
		cmocka_unit_test(event_types_are_told_apart_and_fit_their_column),
	};

	log_open("test", LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, box_office_open, box_office_close);
}
