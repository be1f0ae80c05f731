/* test_demo_crowd.c - the invented crowd of the demonstration: who sits where, and what must stay free. */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>

#include "domain/demo_crowd.h"

#define ROWS 10
#define COLUMNS 12

struct hall {
	struct arena *arena;
	struct crowd crowd;
};

/* Ten rows of twelve; the last row begins with a wheelchair place and its companion seat. */
static int
open_hall(void **state)
{
	struct hall *h = calloc(1, sizeof(*h));

	assert_non_null(h);
	h->arena = arena_new(4 * MiB);
	h->crowd.seats = ARENA_ARRAY(h->arena, struct crowd_seat, ROWS * COLUMNS);
	for (int row = 1; row <= ROWS; row++)
		for (int col = 0; col < COLUMNS; col++)
			h->crowd.seats[h->crowd.n++] = (struct crowd_seat){ row * 100 + col, 1, 2, row, col * 2 + 1, SEAT_STANDARD };
	h->crowd.seats[h->crowd.n - COLUMNS].kind = SEAT_WHEELCHAIR;
	h->crowd.seats[h->crowd.n - COLUMNS + 1].kind = SEAT_COMPANION;
	h->crowd.seed = 7;
	*state = h;
	return 0;
}

static int
close_hall(void **state)
{
	struct hall *h = *state;

	arena_free(h->arena);
	free(h);
	return 0;
}

static size_t
sold(const struct crowd *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_parties; i++)
		n += c->parties[i].n;
	return n;
}

static void
buy(struct hall *h, struct programme_sold how)
{
	crowd_buy(h->arena, &h->crowd, &how);
}

static void
nobody_has_two_seats_or_sits_apart(void **state)
{
	struct hall *h = *state;
	const struct crowd *c = &h->crowd;
	bool taken[ROWS * COLUMNS] = { false };

	buy(h, (struct programme_sold){ .is = SOLD_SHARE, .low = 70, .high = 70 });
	for (size_t i = 0; i < c->n_parties; i++)
		for (size_t k = 0; k < c->parties[i].n; k++) {
			size_t seat = c->parties[i].seats[k];

			assert_false(taken[seat]);
			taken[seat] = true;
			assert_int_equal(c->seats[seat].plan_row, c->seats[c->parties[i].seats[0]].plan_row);
			assert_int_equal(seat, c->parties[i].seats[0] + k);
		}
}

static void
the_share_is_met(void **state)
{
	struct hall *h = *state;

	buy(h, (struct programme_sold){ .is = SOLD_SHARE, .low = 50, .high = 50 });
	assert_in_range(sold(&h->crowd), 59, 61);
}

static void
the_best_rows_of_a_cinema_go_first(void **state)
{
	struct hall *h = *state;
	size_t front = 0, best = 0;

	buy(h, (struct programme_sold){ .is = SOLD_SHARE, .low = 40, .high = 40 });
	for (size_t i = 0; i < COLUMNS; i++) {
		front += h->crowd.gone[i];
		best += h->crowd.gone[6 * COLUMNS + i];
	}
	assert_true(best > front + 4);
}

static void
sold_out_means_every_seat(void **state)
{
	struct hall *h = *state;

	buy(h, (struct programme_sold){ .is = SOLD_SHARE, .low = 100, .high = 100 });
	assert_int_equal(sold(&h->crowd), ROWS * COLUMNS);
}

static void
one_seat_can_be_left(void **state)
{
	struct hall *h = *state;

	buy(h, (struct programme_sold){ .is = SOLD_ALL_BUT, .low = 1 });
	assert_int_equal(sold(&h->crowd), ROWS * COLUMNS - 1);
}

static void
only_singles_can_be_left(void **state)
{
	struct hall *h = *state;
	struct crowd *c = &h->crowd;
	bool taken[ROWS * COLUMNS] = { false };

	buy(h, (struct programme_sold){ .is = SOLD_SINGLES });
	for (size_t i = 0; i < c->n_parties; i++)
		for (size_t k = 0; k < c->parties[i].n; k++)
			taken[c->parties[i].seats[k]] = true;
	assert_in_range(sold(c), ROWS * COLUMNS / 2, ROWS * COLUMNS - ROWS);
	for (size_t i = 1; i < c->n; i++)
		assert_true(taken[i] || taken[i - 1] || c->seats[i].plan_row != c->seats[i - 1].plan_row);
}

static void
the_same_seed_gives_the_same_crowd(void **state)
{
	struct hall *h = *state;
	struct crowd again = h->crowd;

	buy(h, (struct programme_sold){ .is = SOLD_USUAL });
	crowd_buy(h->arena, &again, &(struct programme_sold){ .is = SOLD_USUAL });
	assert_int_equal(h->crowd.n_parties, again.n_parties);
	assert_memory_equal(h->crowd.parties, again.parties, again.n_parties * sizeof(*again.parties));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_hall, close_hall)
		TEST(nobody_has_two_seats_or_sits_apart),
		TEST(the_share_is_met),
		TEST(the_best_rows_of_a_cinema_go_first),
		TEST(sold_out_means_every_seat),
		TEST(one_seat_can_be_left),
		TEST(only_singles_can_be_left),
		TEST(the_same_seed_gives_the_same_crowd),
	};

	return cmocka_run_group_tests_name("demonstration crowd", tests, NULL, NULL);
}
