/*
 * orders.h - how the stand-in was told to misbehave. An order is "[PROVIDER.]name=what[:number][:count]": it is used `count` times
 * (once unless said) and then forgotten; nothing of it survives a restart. With "razorpay." before it, it is for that provider only.
 * Written behind "at=REFERENCE" in the same form it is only for the payment with that reference of ours, or that id of the
 * provider's, until "at=all": "at=12-77&fail=capture:500:2&webhook=twice&at=all&late=2".
 *
 *   calls: create read list expire (or cancel) capture refund refund_read refund_list events event_read token verify certificate
 *          page (the hosted page, as the buyer sees it) any (all of these but page)
 *     Stripe: create, read, expire, capture are also the calls of payment intents; list has sessions.
 *     Razorpay: create, read, list, expire are those of payment links; read and list also of payments.
 *     PayPal: create, read, capture of orders; read also of captures.
 *     hang=CALL:TIME[:COUNT]    nothing is done; after TIME the connection is closed without an answer
 *     slow=CALL:TIME[:COUNT]    done at once, answered after TIME
 *     fail=CALL:STATUS[:COUNT]  nothing is done; refused with that status at the edge (never kept under an idempotency key)
 *     break=CALL[:COUNT]        nothing is done; 500 after the work began (Stripe keeps it under the key and replays it)
 *     mislead=CALL:STATUS[:COUNT]  done, but answered with that status
 *     lose=CALL[:COUNT]         done, but the connection is closed without an answer
 *   payments and refunds
 *     charge=decline[:COUNT]    the next charge is declined, whatever the buyer chose
 *     charge=pending[:COUNT]    it stays pending until pay= or decline= names it (control.h)
 *     charge=later:TIME[:COUNT], charge=later_fail:TIME[:COUNT]  pending, then taken or refused after TIME
 *     lie=WHAT[:COUNT]          the next payment is of: wrong_amount wrong_currency live unknown_reference
 *     create=paid[:COUNT]       the buyer has chosen to pay by the time the creation is answered
 *     late=TIME | succeed | fail   when and how "pay later" ends; stays so (5 s, succeed)
 *     refund=pending[:COUNT]    stays pending until refund_done or refund_fail names it
 *     refund=fail[:COUNT]       fails at once
 *     refund=later:TIME[:COUNT] pending, succeeds after TIME
 *     refund=fail_later:TIME[:COUNT]  succeeds, fails after TIME
 *   webhooks
 *     webhook=off               none is sent; they wait
 *     webhook=on                all that was said of webhooks (for the same provider and payment) is forgotten
 *     webhook=delay:TIME        each first attempt waits so long; stays so
 *     webhook=reorder           events are gathered for 1 s, then sent one by one, last first; stays so
 *     webhook=late:TIME[:COUNT] the first attempts of the next happening wait so long
 *     webhook=TRICK[:COUNT]     on all events of what happens next (approvals, payments, ends, refunds; not declines and disputes):
 *                               twice never forge tamper stale unsigned elsewhere wrong_amount wrong_currency unknown_reference
 *                               before_answer. forge (another secret), tamper (changed after it was signed), stale (signed for a
 *                               time long ago; nothing at Razorpay), unsigned and elsewhere (PayPal: the certificate lies at
 *                               another place) spoil the first attempt only; before_answer sends the events, and waits for what
 *                               comes back, before the request that caused them is answered
 *   clear=all | NUMBER          everything as at the start, or the order of that number forgotten
 *
 * TIME is in seconds, or in milliseconds as "300ms".
 */
#ifndef FOYER_SANDBOX_ORDERS_H
#define FOYER_SANDBOX_ORDERS_H

enum order_kind {
	ORDER_HANG, ORDER_SLOW, ORDER_FAIL, ORDER_BREAK, ORDER_MISLEAD, ORDER_LOSE, ORDER_CHARGE, ORDER_LIE, ORDER_CREATE, ORDER_REFUND,
	ORDER_WEBHOOK,
	ORDER_FIRST,		/* webhook=before_answer: goes together with any other trick */
	/* these stay until they are cleared; the newest that fits is heard */
	ORDER_LATE, ORDER_LATE_END, ORDER_OFF, ORDER_REORDER, ORDER_DELAY,
};

/* Who an order is for, or what is being asked about. */
struct scope {
	const char *provider;		/* NULL: any */
	struct span reference, id;	/* of an order: reference only, empty for any payment */
};

#define ORDER_TEXT 160
struct order {
	enum order_kind kind;
	const char *what;	/* a word of the list above, kept for the life of the program */
	int64_t number;		/* ms, or a status */
	int64_t left;		/* times; 0: stays */
	int64_t serial;		/* its number, for clear= */
	const char *provider;	/* NULL: any */
	char at[80];		/* a reference or an id; "": any payment */
	char text[ORDER_TEXT];	/* as it was given, without at= */
};

#define ORDERS_MAX 200
struct orders {
	struct order list[ORDERS_MAX];
	size_t n;
	int64_t serial;
};

void orders_clear(struct orders *);
/* NULL when understood and taken, else what was wrong. `at` is a reference or an id; empty for any payment. */
const char *orders_give(struct orders *, struct span at, struct span name, struct span value);
/* The oldest order of that kind for this payment whose `what` is this one or "any" (NULL: any at all); it counts as used once. */
bool orders_take(struct orders *, struct scope about, enum order_kind kind, const char *what, struct order *out);
/* The newest of those that stay; NULL: none. */
const struct order *orders_setting(const struct orders *, struct scope about, enum order_kind kind);

#endif
