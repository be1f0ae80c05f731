/*
 * letters_hold.c - letters about seats that are held, or were: the link to them, their end, and why there are no tickets. Each says only
 * what the books say; nothing that was typed with the address stands in it, for it may be a stranger's.
 */
#include "base/base.h"

#include "domain/hold_notices.h"
#include "domain/holds.h"
#include "domain/payments.h"
#include "relay/letters.h"
#include "views/held.h"
#include "views/hold_ended.h"
#include "views/hold_ending.h"
#include "views/pay_failed.h"

#define SLOW_MS 30000		/* a warning may be so late, or the clocks so far apart; more is left after an extension only */

struct held {
	struct hold h;
	struct hold_address address;
	struct show show;
};

static enum outcome
read_held(struct mail *m, int64_t show, int64_t hold, struct letter *letter, struct held *p)
{
	enum outcome o = hold_of_letter(m->db, m->arena, show, hold, &p->h, &p->address);

	letter->bare = true;
	return o == OUTCOME_OK ? show_read(m->db, m->arena, show, &p->show) : o;
}

static struct span
way_back(struct mail *m, const struct held *p)
{
	struct span link;

	if (!p->address.good)		/* an earlier letter's link, at another address, would be the same */
		return arena_fmt(m->arena, "%s/holds", m->settings->base_url);
	link = letter_link(m, "/holds/", TOKEN_LINK, p->h.show, p->h.id, p->address.generation);
	return arena_fmt(m->arena, PRSPAN "/here", ARGSPAN(link));
}

static struct span
show_link(struct mail *m, const struct held *p)
{
	return arena_fmt(m->arena, "%s/shows/%" PRId64, m->settings->base_url, p->h.show);
}

static struct moment
until(const struct held *p)
{
	return (struct moment){ p->h.expires_ms, p->show.starts.zone };
}

enum letter_end
write_held(struct mail *m, const struct delivery *d, struct letter *letter, struct span *why)
{
	struct held p;
	enum outcome o = read_held(m, d->show, d->subject, letter, &p);
	bool newest = hold_address_newest(m->db, d->show, d->subject) == d->event;

	if (o != OUTCOME_OK)
		return letter_later(m, o, "the hold", why);
	if (p.h.state != HOLD_ACTIVE || p.h.over)
		return letter_none(why, SPAN("the hold is over"));
	if (!newest || !p.address.good)
		return letter_none(why, SPAN("another address was given since"));
	return LETTER_PRINT(m, letter, held, p.address.email, (&(struct held_view){ .house = letter_house(m), .event = p.show.event.title,
	    .when = p.show.starts, .city = p.show.city_name, .venue = p.show.venue_name, .seat_names = hold_seat_names(m->arena, &p.h),
	    .seats_n = (int64_t)p.h.n, .until = until(&p), .total = p.h.total, .link = way_back(m, &p), .phone = p.show.venue_phone }));
}

/*
 * Given to be written to, or with a payment that the provider knows more of than that it was begun. Who only typed an address on the way
 * to pay may have typed anybody's.
 */
static enum outcome
is_theirs(struct mail *m, const struct held *p, bool *theirs)
{
	struct payment pay;
	enum outcome o;

	*theirs = p->address.good && p->address.generation > 0;
	if (*theirs || !p->address.tried)
		return OUTCOME_OK;
	o = payment_of_hold(m->db, m->arena, p->h.show, p->h.id, &pay);
	*theirs = o == OUTCOME_OK && (pay.pending || (pay.state != PAYMENT_CREATED && pay.state != PAYMENT_OPEN && pay.state != PAYMENT_CLOSED));
	return o == OUTCOME_NOT_FOUND ? OUTCOME_OK : o;
}

enum letter_end
write_hold_ending(struct mail *m, const struct delivery *d, struct letter *letter, struct span *why)
{
	struct reach reach = letter_reach(m, d, SPAN_NONE);
	struct held p;
	bool theirs = false;
	enum outcome o = read_held(m, d->show, d->subject, letter, &p);

	if (o == OUTCOME_OK)
		o = is_theirs(m, &p, &theirs);
	if (o != OUTCOME_OK)
		return letter_later(m, o, "the hold", why);
	if (!p.address.email.n)
		return letter_none(why, SPAN("no address is known"));
	if (!theirs)
		return letter_none(why, SPAN("the address was only typed on the way to pay"));
	if (reach_told(m->db, &reach))
		return letter_none(why, SPAN("it was told once that the end is near"));
	if (p.h.state != HOLD_ACTIVE || p.h.over)
		return letter_none(why, SPAN("the hold is over"));
	if (p.h.expires_ms - p.h.now_ms > WARN_SECONDS * 1000 + SLOW_MS)
		return letter_none(why, SPAN("there is more time since"));
	return LETTER_PRINT(m, letter, hold_ending, p.address.email, (&(struct hold_ending_view){ .house = letter_house(m),
	    .event = p.show.event.title, .when = p.show.starts, .city = p.show.city_name, .venue = p.show.venue_name,
	    .seat_names = hold_seat_names(m->arena, &p.h), .seats_n = (int64_t)p.h.n, .until = until(&p), .paying = p.address.tried,
	    .link = way_back(m, &p), .phone = p.show.venue_phone }));
}

/* Whoever went on with other seats of the show knows. */
static bool
went_on(struct mail *m, const struct held *p)
{
	int64_t next;

	return hold_followed(m->db, p->h.show, p->h.id, p->h.buyer, &next);
}

enum letter_end
write_hold_ended(struct mail *m, const struct delivery *d, struct letter *letter, struct span *why)
{
	struct held p;
	enum outcome o = read_held(m, d->show, d->subject, letter, &p);

	if (o != OUTCOME_OK)
		return letter_later(m, o, "the hold", why);
	if (p.h.state != HOLD_EXPIRED)
		return letter_none(why, SPAN("it did not end by itself"));
	if (!p.address.email.n)
		return letter_none(why, SPAN("no address is known"));
	if (p.address.tried)
		return letter_none(why, SPAN("the letter about its payment tells of it"));
	if (went_on(m, &p))
		return letter_none(why, SPAN("its buyer went on with other seats"));
	return LETTER_PRINT(m, letter, hold_ended, p.address.email, (&(struct hold_ended_view){ .house = letter_house(m),
	    .event = p.show.event.title, .when = p.show.starts, .city = p.show.city_name, .venue = p.show.venue_name,
	    .seat_names = hold_seat_names(m->arena, &p.h), .seats_n = (int64_t)p.h.n, .until = until(&p), .link = show_link(m, &p),
	    .phone = p.show.venue_phone }));
}

static bool
took_money(const struct payment *p)
{
	return p->state == PAYMENT_PAID || p->state == PAYMENT_REFUND_DUE || p->state == PAYMENT_REFUNDED;
}

enum letter_end
write_pay_failed(struct mail *m, const struct delivery *d, struct letter *letter, struct span *why)
{
	struct payment pay;
	struct booking b;
	struct held p;
	enum outcome o = booking_read(m->db, m->arena, d->show, d->subject, &b);

	if (o == OUTCOME_OK)
		o = read_held(m, d->show, b.hold, letter, &p);
	if (o == OUTCOME_OK)
		o = payment_of_hold(m->db, m->arena, d->show, b.hold, &pay);
	if (o != OUTCOME_OK)
		return letter_later(m, o, "the booking", why);
	if (p.h.state != HOLD_EXPIRED)
		return letter_none(why, SPAN("its buyer gave the seats back, or changed them"));
	if (took_money(&pay))
		return letter_none(why, SPAN("the letter about its money tells of it"));
	if (went_on(m, &p))
		return letter_none(why, SPAN("its buyer went on with other seats"));
	return LETTER_PRINT(m, letter, pay_failed, b.email, (&(struct pay_failed_view){ .house = letter_house(m), .event = p.show.event.title,
	    .when = p.show.starts, .city = p.show.city_name, .venue = p.show.venue_name, .seat_names = hold_seat_names(m->arena, &p.h),
	    .seats_n = (int64_t)p.h.n, .until = until(&p), .link = show_link(m, &p), .phone = p.show.venue_phone }));
}
