/*
 * orders.h - how the stand-in was told to misbehave. An order is "name=what[:number][:count]": it is used `count` times (once
 * unless said) and then forgotten; nothing of it survives a restart.
 *
 *   calls: create read list expire refund refund_read refund_list events event_read any
 *     hang=CALL:TIME[:COUNT]    nothing is done; after TIME the connection is closed without an answer
 *     slow=CALL:TIME[:COUNT]    done at once, answered after TIME
 *     fail=CALL:STATUS[:COUNT]  nothing is done; refused with that status at the edge (not kept under the idempotency key)
 *     break=CALL[:COUNT]        nothing is done; 500 after the work began (kept under the key and replayed, as the real one does)
 *     lose=CALL[:COUNT]         done, but the connection is closed without an answer
 *   payments and refunds
 *     lie=WHAT[:COUNT]          the next payment's session is of: wrong_amount wrong_currency live unknown_reference
 *     create=paid[:COUNT]       the session is paid by the time its creation is answered
 *     late=TIME | succeed | fail   when and how "pay later" ends; stays so (5 s, succeed)
 *     refund=pending[:COUNT]    stays pending until refund_done or refund_fail names it
 *     refund=fail[:COUNT]       fails at once
 *     refund=later:TIME[:COUNT] pending, succeeds after TIME
 *     refund=fail_later:TIME[:COUNT]  succeeds, fails after TIME
 *   webhooks
 *     webhook=off               none is sent; they wait
 *     webhook=on                all is as usual again, for webhooks only
 *     webhook=delay:TIME        each first attempt waits so long; stays so
 *     webhook=reorder           events are gathered for 1 s, then sent one by one, last first; stays so
 *     webhook=TRICK[:COUNT]     on the next events about a session or a refund: twice forge stale unsigned wrong_amount
 *                               wrong_currency unknown_reference before_answer. forge, stale and unsigned spoil the first
 *                               attempt only; before_answer sends the event, and waits for what comes back, before the request
 *                               that caused it is answered
 *   clear=all                   everything as at the start
 *
 * TIME is in seconds, or in milliseconds as "300ms".
 */
#ifndef FOYER_SANDBOX_ORDERS_H
#define FOYER_SANDBOX_ORDERS_H

enum order_kind {
	ORDER_HANG, ORDER_SLOW, ORDER_FAIL, ORDER_BREAK, ORDER_LOSE, ORDER_LIE, ORDER_CREATE, ORDER_REFUND, ORDER_WEBHOOK,
	ORDER_FIRST,		/* webhook=before_answer: goes together with any other trick */
};

struct order {
	enum order_kind kind;
	const char *what;	/* a word of the list above, kept for the life of the program */
	int64_t number;		/* ms, or a status */
	int64_t left;
};

#define ORDERS_MAX 64
struct orders {
	struct order list[ORDERS_MAX];
	size_t n;
	bool webhooks_off, reorder;
	int64_t webhook_delay;	/* ms */
	int64_t late;		/* ms */
	bool late_fails;
};

void orders_clear(struct orders *);
/* NULL when understood and taken, else what was wrong. */
const char *orders_give(struct orders *, struct span name, struct span value);
/* The oldest order of that kind whose `what` is this one or "any" (NULL: any at all); it counts as used once. */
bool orders_take(struct orders *, enum order_kind, const char *what, struct order *out);

#endif
