/* letters_money.c - letters about money that goes back. */
#include "base/base.h"

#include "domain/holds.h"
#include "domain/payments.h"
#include "domain/refunds.h"
#include "relay/letters.h"
#include "views/refund_done.h"
#include "views/refund_due.h"

static enum outcome
payment_and_show(struct mail *m, int64_t show_id, int64_t payment, struct payment *p, struct show *show)
{
	enum outcome o = payment_read(m->db, m->arena, show_id, payment, p);

	return o == OUTCOME_OK ? show_read(m->db, m->arena, show_id, show) : o;
}

/*
 * Where a buyer sees how the money stands: with the tickets where there were any, else on the page that they come back to from the
 * provider, for as long as that goes on.
 */
static struct span
money_link(struct mail *m, const struct payment *p)
{
	if (p->state == PAYMENT_PAID || span_is(p->reason, "given_back"))
		return letter_link(m, "/bookings/", TOKEN_BOOKING, p->show, p->booking, p->booking_generation);
	return letter_link(m, "/pay/return/", TOKEN_PAYMENT, p->show, p->id, 0);
}

static void
name_seats(struct mail *m, const struct payment *p, struct refund_due_view *v)
{
	struct hold hold;

	if (hold_read(m->db, m->arena, p->show, p->hold, 0, &hold) != OUTCOME_OK)
		return;
	v->seat_names = hold_seat_names(m->arena, &hold);
	v->seats_n = (int64_t)hold.n;
}

enum letter_end
write_refund_due(struct mail *m, const struct delivery *d, struct letter *letter, struct span *why)
{
	struct payment p;
	struct refund r;
	struct show show;
	struct refund_due_view v;
	enum outcome o = payment_and_show(m, d->show, d->subject, &p, &show);

	if (o == OUTCOME_OK && span_is(p.reason, "given_back"))
		return letter_none(why, SPAN("the letter about the cancelled booking tells of it"));
	if (o == OUTCOME_OK)
		o = refund_of_payment(m->db, m->arena, d->show, d->subject, &r);
	if (o != OUTCOME_OK)
		return letter_later(m, o, "the payment", why);
	v = (struct refund_due_view){ .house = letter_house(m), .event = show.event.title, .when = show.starts, .city = show.city_name,
		.venue = show.venue_name, .amount = r.amount, .late = span_is(p.reason, "late"),
		.show_cancelled = span_is(p.reason, "cancelled"), .second = span_is(p.reason, "second"), .seat_names = SPAN_NONE,
		.link = money_link(m, &p), .phone = show.venue_phone };
	v.other = !v.late && !v.show_cancelled && !v.second;
	if (v.late)
		name_seats(m, &p, &v);
	return LETTER_PRINT(m, letter, refund_due, p.email, &v);
}

enum letter_end
write_refund_done(struct mail *m, const struct delivery *d, struct letter *letter, struct span *why)
{
	struct payment p;
	struct refund r;
	struct show show;
	struct refund_done_view v;
	enum outcome o = refund_read(m->db, m->arena, d->show, d->subject, &r);

	if (o == OUTCOME_OK)
		o = payment_and_show(m, d->show, r.payment, &p, &show);
	if (o != OUTCOME_OK)
		return letter_later(m, o, "the refund", why);
	v = (struct refund_done_view){ .house = letter_house(m), .event = show.event.title, .when = show.starts, .city = show.city_name,
		.venue = show.venue_name, .amount = r.amount, .provider_reference = r.provider_refund, .link = money_link(m, &p),
		.phone = show.venue_phone };
	return LETTER_PRINT(m, letter, refund_done, p.email, &v);
}
