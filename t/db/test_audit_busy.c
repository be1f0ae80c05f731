/*
 * test_audit_busy.c - people do what they like, in any order, and the audit finds nothing: neither on the way, as long as money may be
 * in flight, nor when everything has come to its end. The same seed plays the same evening again (FOYER_TEST_SEED).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "t/lib/box_office.h"

#include "base/crypto.h"
#include "domain/audit.h"
#include "domain/holds.h"
#include "domain/payments.h"
#include "domain/refunds.h"
#include "domain/settle.h"

#define STEPS 1500
#define BUYERS 6
#define ROWS 3
#define COLUMNS 8
#define HOLDS_MAX 2000
#define LONG_ENOUGH 100000000

struct evening {
	struct box_office *f;
	uint64_t seed;
	int64_t show, buyers[BUYERS];
	struct bought {
		int64_t hold, buyer;
	} holds[HOLDS_MAX];
	size_t n_holds;
	int64_t payments[HOLDS_MAX];
	size_t n_payments;
};

static uint32_t
any(struct evening *e, uint32_t below)
{
	e->seed = e->seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(e->seed >> 33) % below;
}

static int64_t
any_seat(struct evening *e)
{
	int row = (int)any(e, ROWS), number = (int)any(e, COLUMNS) + 1;

	return box_office_seat(e->f, e->show, row, number);
}

/* Mostly one of the newest, at times one that ended long ago. */
static const struct bought *
any_hold(struct evening *e)
{
	uint32_t back = any(e, any(e, 4) ? 4 : 40);

	return &e->holds[back < e->n_holds ? e->n_holds - 1 - back : 0];
}

static int64_t
any_payment(struct evening *e)
{
	uint32_t back = any(e, any(e, 4) ? 4 : 40);

	return e->n_payments ? e->payments[back < e->n_payments ? e->n_payments - 1 - back : 0] : 0;
}

static void
take(struct evening *e)
{
	struct hold_ask ask = { .show = e->show, .buyer = e->buyers[any(e, BUYERS)], .add = any(e, 6) == 0 };
	struct hold_result r;

	ask.seats.n = 1 + any(e, 4);
	for (size_t i = 0; i < ask.seats.n; i++)
		ask.seats.ids[i] = any_seat(e);
	if (any(e, 5) == 0 && any_hold(e)->buyer == ask.buyer)
		ask.replaces = any_hold(e)->hold;
	if (hold_take(e->f->db, e->f->arena, &ask, &r) == OUTCOME_OK)
		e->holds[e->n_holds++] = (struct bought){ r.hold, ask.buyer };
}

static void
pay(struct evening *e)
{
	const struct bought *b = any_hold(e);
	struct payment_begin ask = { .show = e->show, .hold = b->hold, .buyer = b->buyer, .payment = id_new(), .booking = id_new(),
		.provider = any(e, 5) ? SPAN("stripe") : SPAN("other"), .email = SPAN("a@example.org"), .name = SPAN("A"),
		.key = SPAN("key"), .body = SPAN("body") };
	struct hold h;
	int64_t payment;

	if (hold_read(e->f->db, e->f->arena, e->show, b->hold, 0, &h) != OUTCOME_OK)
		return;
	ask.amount = h.total;
	if (payment_begin(e->f->db, e->f->arena, &ask, &payment) != OUTCOME_OK)
		return;
	e->payments[e->n_payments++] = payment;
	if (any(e, 8))
		payment_opened(e->f->db, e->f->arena, e->show, payment, arena_fmt(e->f->arena, "cs_%" PRId64, payment), SPAN("https://x"));
}

static void
tell(struct evening *e, int64_t id, enum settle_fact fact, bool other_amount, bool by_message)
{
	struct settle_ask ask = { .show = e->show, .payment = id, .fact = fact, .session = SPAN_NONE, .capture = SPAN("pi_1"),
		.provider = SPAN_NONE };
	enum settled settled;
	struct payment p;

	if (!id || payment_read(e->f->db, e->f->arena, e->show, id, &p) != OUTCOME_OK)
		return;
	ask.amount = p.amount;
	ask.amount.minor -= other_amount ? 100 : 0;
	if (by_message) {
		ask.provider = any(e, 8) ? p.provider : SPAN("stranger");
		ask.event_id = arena_fmt(e->f->arena, "evt_%" PRId64 "_%d", id, (int)fact);
		ask.event_type = ask.event_body = SPAN("x");
	}
	assert_int_equal(settle(e->f->db, e->f->arena, &ask, &settled), OUTCOME_OK);
}

static void
give_back(struct evening *e, bool to_the_end)
{
	struct refund *list;
	size_t n = refunds_due(e->f->db, e->f->arena, 20, &list);

	for (size_t i = 0; i < n; i++) {
		if (!refund_claim(e->f->db, &list[i]))
			continue;
		switch (to_the_end ? 0 : any(e, 5)) {
		case 0:
		case 1:
			refund_accepted(e->f->db, e->f->arena, &list[i], SPAN("re_1"), true);
			break;
		case 2:
			refund_accepted(e->f->db, e->f->arena, &list[i], SPAN("re_2"), false);
			break;
		case 3:
			refund_unsure(e->f->db, e->f->arena, &list[i]);
			break;
		default:
			refund_failed(e->f->db, e->f->arena, &list[i], SPAN("no"), any(e, 4));
		}
	}
}

static void
sweep(struct evening *e)
{
	struct hold_id *list;
	size_t n = holds_due(e->f->db, e->f->arena, 100, &list);

	for (size_t i = 0; i < n; i++)
		hold_expire(e->f->db, e->f->arena, list[i].show, list[i].hold, false);
}

static void
change(struct evening *e)
{
	struct box_office *f = e->f;
	const struct bought *b = any_hold(e);
	int64_t seats[HOLD_MAX_SEATS];
	struct hold h;

	if (hold_read(f->db, f->arena, e->show, b->hold, 0, &h) != OUTCOME_OK || !h.n)
		return;
	seats[0] = h.seats[any(e, (uint32_t)h.n)].seat;
	switch (any(e, 4)) {
	case 0:
		hold_extend(f->db, f->arena, e->show, b->hold, b->buyer);
		break;
	case 1:
		hold_remove(f->db, f->arena, e->show, b->hold, b->buyer, seats[0]);
		break;
	case 2:
		hold_price(f->db, f->arena, e->show, b->hold, b->buyer, seats, (struct span[]){ SPAN("child") }, 1);
		break;
	default:
		hold_release(f->db, f->arena, e->show, b->hold, b->buyer);
	}
}

static void
step(struct evening *e)
{
	switch (any(e, 16)) {
	case 0: case 1: case 2: case 3: case 4:
		take(e);
		break;
	case 5: case 6: case 7:
		pay(e);
		break;
	case 8: case 9:
		tell(e, any_payment(e), SETTLE_PAID, any(e, 8) == 0, any(e, 2));
		break;
	case 10:
		tell(e, any_payment(e), (enum settle_fact[]){ SETTLE_FAILED, SETTLE_CLOSED, SETTLE_PENDING }[any(e, 3)], false, any(e, 2));
		break;
	case 11:
		if (any_payment(e))
			payment_ended(e->f->db, e->f->arena, e->show, any_payment(e), PAYMENT_CLOSED, SPAN("closed"));
		break;
	case 12:
		box_office_later(e->f, e->show, (int)any(e, 400));
		break;
	case 13:
		any(e, 3) ? sweep(e) : give_back(e, false);
		break;
	default:
		change(e);
	}
}

/* So that seats do not run out: what was sold in an earlier round of the evening stays, and a new show begins. */
static void
next_show(struct evening *e)
{
	e->show = box_office_show(e->f, (struct house){ .rows = ROWS, .seats_a_row = COLUMNS, .orphan_rule = any(e, 2) });
	e->n_holds = e->n_payments = 0;
}

/* What reaper and providers would do: every payment gets its answer, every hold its end, every refund is done. */
static void
end_all(struct evening *e)
{
	for (size_t i = 0; i < e->n_payments; i++)
		tell(e, e->payments[i], any(e, 2) ? SETTLE_PAID : SETTLE_CLOSED, false, false);
	box_office_later(e->f, e->show, 10000);
	sweep(e);
	box_office_sql(e->f, "UPDATE refunds SET due_at = created_at");
	give_back(e, true);
}

static void
audit(struct evening *e, int64_t in_flight, int step)
{
	struct audit_result r;
	struct buf out;

	buf_init(&out, e->f->arena, MiB);
	assert_true(audit_run(e->f->db, e->f->arena, in_flight, &out, &r));
	if (r.violations)
		fail_msg("after step %d of show %" PRId64 ":\n%s", step, e->show, out.p);
}

static void
whatever_people_do_the_audit_finds_nothing(void **state)
{
	static struct evening e;
	const char *seed = getenv("FOYER_TEST_SEED");
	int64_t number = (int64_t)random_below(UINT32_MAX);

	e.f = *state;
	if (seed)
		span_int(span_of(seed), 0, UINT32_MAX, &number);
	print_message("FOYER_TEST_SEED=%" PRId64 "\n", number);
	e.seed = (uint64_t)number;
	for (int i = 0; i < BUYERS; i++)
		e.buyers[i] = id_new();
	for (int i = 0; i < STEPS; i++) {
		if (i % 150 == 0)
			next_show(&e);
		if (e.n_holds)
			step(&e);
		else
			take(&e);
		assert_int_equal(db_failed(e.f->db), DB_FINE);
		if (i % 25 == 0)
			audit(&e, LONG_ENOUGH, i);
		if (i % 150 == 149)
			end_all(&e);
	}
	audit(&e, 0, STEPS);
	assert_int_not_equal(box_office_number(e.f, "SELECT COUNT(*) FROM bookings WHERE state = 'confirmed'"), 0);
	assert_int_not_equal(box_office_number(e.f, "SELECT COUNT(*) FROM payments WHERE state = 'refunded'"), 0);
	assert_int_not_equal(box_office_number(e.f, "SELECT COUNT(*) FROM holds WHERE state = 'expired'"), 0);
	assert_int_not_equal(box_office_number(e.f, "SELECT COUNT(*) FROM holds WHERE reason = 'replaced'"), 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_people_do_the_audit_finds_nothing),
	};

	log_open("test", LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, box_office_open, box_office_close);
}
