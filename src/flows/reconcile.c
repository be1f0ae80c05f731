/* reconcile.c - payments whose end nobody told us: no message came, the buyer never came back, or the hold is over. */
#include "base/base.h"

#include "db/db.h"
#include "domain/holds.h"
#include "flows/internal.h"

/* Nothing good can come of this payment: its hold is over, or another payment already made the tickets. */
static bool
of_no_use(struct flow *f, const struct payment *p, struct hold *hold)
{
	if (p->booking_state != BOOKING_PENDING)
		return true;
	if (hold_read(f->db, f->arena, p->show, p->hold, 0, hold) != OUTCOME_OK)
		return false;
	return hold->over || hold->state != HOLD_ACTIVE;
}

static void
reconcile_one(struct flow *f, const struct payment_id *id)
{
	struct hold hold = { 0 };
	struct payment p;
	bool useless;

	if (payment_read(f->db, f->arena, id->show, id->payment, &p) != OUTCOME_OK)
		return;
	if (p.state == PAYMENT_CLOSED || p.state == PAYMENT_FAILED) {	/* it may have been paid since */
		payment_ask(f, &p);
		return;
	}
	if (p.state != PAYMENT_CREATED && p.state != PAYMENT_OPEN && p.state != PAYMENT_CAPTURING)
		return;
	useless = of_no_use(f, &p, &hold);
	if (!useless && p.state != PAYMENT_CREATED) {
		payment_ask(f, &p);
		return;
	}
	/* domain refuses to end the hold while another payment of it is open */
	if (close_payment(f, p.show, p.id) == CLOSE_DONE && hold.over)
		hold_expire(f->db, f->arena, p.show, p.hold, true);
}

size_t
reconcile(struct flow *f, size_t most)
{
	struct payment_id *list;
	size_t n = payments_to_ask(f->db, f->arena, most, &list);

	for (size_t i = 0; i < n; i++) {
		reconcile_one(f, &list[i]);
		db_clear(f->db);	/* one payment's trouble is not the next one's */
	}
	return n;
}
