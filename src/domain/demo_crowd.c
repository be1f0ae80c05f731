/* demo_crowd.c - see demo_crowd.h. Each party looks at every place where it could sit together and takes the one it likes most. */
#include "base/base.h"

#include "domain/demo_crowd.h"

#define SINGLE_EVERY 7		/* in a row of which only singles are left */

/* What makes a seat less liked, in thousandths. */
enum { FAR_ROW = 1000, FAR_COLUMN = 900, DEARER = 120, HIDDEN = 900, LEAVES_ONE = 700, WHIM = 450 };

struct hall_shape {
	int first_row, last_row, first_col, last_col;
};

/* SplitMix64 (Steele, Lea, Flood 2014): good enough for a crowd, and the same everywhere. */
uint32_t
crowd_random(struct crowd *c, uint32_t below)
{
	uint64_t z = c->seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (uint32_t)(z ^ z >> 31) % below;
}

static bool
general(const struct crowd_seat *s)
{
	return s->kind == SEAT_STANDARD || s->kind == SEAT_RESTRICTED;
}

static bool
neighbours(const struct crowd_seat *a, const struct crowd_seat *b)
{
	return a->section == b->section && a->plan_row == b->plan_row && b->plan_col - a->plan_col == 2;
}

/* The first seat after a free run of general seats that begins at i; i itself if that is none. */
static size_t
run_end(const struct crowd *c, size_t i)
{
	size_t end = i;

	while (end < c->n && !c->gone[end] && general(&c->seats[end]) && (end == i || neighbours(&c->seats[end - 1], &c->seats[end])))
		end++;
	return end;
}

static struct hall_shape
shape_of(const struct crowd *c)
{
	struct hall_shape h = { INT32_MAX, 0, INT32_MAX, 0 };

	for (size_t i = 0; i < c->n; i++) {
		const struct crowd_seat *s = &c->seats[i];

		h.first_row = s->plan_row < h.first_row ? s->plan_row : h.first_row;
		h.last_row = s->plan_row > h.last_row ? s->plan_row : h.last_row;
		h.first_col = s->plan_col < h.first_col ? s->plan_col : h.first_col;
		h.last_col = s->plan_col > h.last_col ? s->plan_col : h.last_col;
	}
	return h;
}

static int
dislike(const struct crowd *c, const struct hall_shape *h, size_t i)
{
	const struct crowd_seat *s = &c->seats[i];
	int depth = h->last_row - h->first_row + 1, width = h->last_col - h->first_col + 1;
	int best_row = h->first_row + (c->stage ? 0 : depth * 2 / 3);
	int rows_off = abs(s->plan_row - best_row), cols_off = abs(2 * s->plan_col - h->first_col - h->last_col);

	return rows_off * FAR_ROW / depth + cols_off * FAR_COLUMN / width / 2 + (4 - s->tier) * DEARER +
	    (s->kind == SEAT_RESTRICTED ? HIDDEN : 0);
}

/* Where n can sit together, the place liked best at this moment; c->n if nowhere. */
static size_t
best_place(struct crowd *c, const struct hall_shape *h, size_t n)
{
	size_t best = c->n, end;
	int least = INT32_MAX;

	for (size_t i = 0; i < c->n; i = end > i ? end : i + 1) {
		end = run_end(c, i);
		for (size_t at = i; at + n <= end; at++) {
			int d = dislike(c, h, at + n / 2) + (int)crowd_random(c, WHIM);

			if (at - i == 1 || end - at - n == 1)
				d += LEAVES_ONE;
			if (d < least) {
				least = d;
				best = at;
			}
		}
	}
	return best;
}

static void
seat_party(struct crowd *c, size_t at, size_t n)
{
	struct crowd_party *p = &c->parties[c->n_parties++];

	*p = (struct crowd_party){ .n = n };
	for (size_t i = 0; i < n; i++) {
		p->seats[i] = at + i;
		c->gone[at + i] = true;
	}
}

static size_t
party_size(struct crowd *c)
{
	static const unsigned char sizes[] = { 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 4, 4, 4, 4, 5, 6, 2 };

	return sizes[crowd_random(c, ARRAY_LEN(sizes))];
}

static void
sell_general(struct crowd *c, size_t wanted)
{
	struct hall_shape h = shape_of(c);

	while (wanted) {
		size_t n = party_size(c), at = c->n;

		n = n < wanted ? n : wanted;
		while (n && (at = best_place(c, &h, n)) == c->n)
			n--;
		if (!n)
			return;
		seat_party(c, at, n);
		wanted -= n;
	}
}

/* Wheelchair places with the companion seat beside them; where everything must go, those without one too. */
static void
sell_places(struct crowd *c, uint32_t percent)
{
	for (size_t i = 0; i < c->n; i++) {
		bool pair = i + 1 < c->n && neighbours(&c->seats[i], &c->seats[i + 1]) && !general(&c->seats[i + 1]) &&
		    c->seats[i].kind != c->seats[i + 1].kind && !c->gone[i + 1];

		if (c->gone[i] || general(&c->seats[i]) || (percent < 100 && (!pair || crowd_random(c, 200) >= percent)))
			continue;
		seat_party(c, i, pair ? 2 : 1);
	}
}

static size_t
general_left(const struct crowd *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++)
		n += !c->gone[i] && general(&c->seats[i]);
	return n;
}

/* Seats that must stay free are marked gone, so that nobody takes them. */
static void
keep_singles(struct crowd *c)
{
	size_t end;

	for (size_t i = 0; i < c->n; i = end > i ? end : i + 1) {
		end = run_end(c, i);
		for (size_t k = i + 2 + c->seats[i].plan_row % 3; k + 2 < end; k += SINGLE_EVERY)
			c->gone[k] = true;
	}
}

static void
keep_some(struct crowd *c, int64_t n)
{
	while (n-- > 0 && general_left(c)) {
		size_t i = crowd_random(c, (uint32_t)c->n);

		while (c->gone[i] || c->seats[i].kind != SEAT_STANDARD)
			i = (i + 1) % c->n;
		c->gone[i] = true;
	}
}

void
crowd_buy(struct arena *a, struct crowd *c, const struct programme_sold *sold)
{
	int64_t low = sold->is == SOLD_USUAL ? 15 : sold->low, high = sold->is == SOLD_USUAL ? 85 : sold->high;
	uint32_t percent = 100;

	c->gone = ARENA_ARRAY(a, bool, c->n);
	c->parties = ARENA_ARRAY(a, struct crowd_party, c->n);
	c->n_parties = 0;
	if (sold->is == SOLD_SINGLES)
		keep_singles(c);
	else if (sold->is == SOLD_ALL_BUT)
		keep_some(c, sold->low);
	else
		percent = (uint32_t)low + crowd_random(c, (uint32_t)(high - low) + 1);
	sell_places(c, percent);
	sell_general(c, general_left(c) * percent / 100);
}
