/*
 * flows.h - what needs both the database and a payment provider: starting a payment, hearing what became of it, closing it, giving
 * money back. Each step is committed before the next one leaves the house, no transaction is open during a call, and every flow
 * may be cut off anywhere and run again. Who gets a seat is decided in domain/; how a provider is spoken to, in psp/.
 */
#ifndef FOYER_FLOWS_FLOWS_H
#define FOYER_FLOWS_FLOWS_H

#include "domain/payments.h"
#include "domain/refunds.h"

struct db;
struct psp;

struct flow {
	struct db *db;
	struct arena *arena;		/* where db's rows live, too */
	struct psp *psps;
	size_t n_psps;
};

/* The providers that would take this amount, in the order they are offered. */
size_t pay_ways(struct flow *, struct money, struct span **names);

/* -- the buyer pays -------------------------------------------------------------------------------------------------------- */

struct pay_line {
	struct span name;		/* what the provider's page shows */
	int64_t minor;			/* one of them, fees in */
	int64_t quantity;
};

struct pay_ask {
	int64_t show, hold, buyer;
	int64_t payment, booking;	/* new ids, so that the addresses can carry the payment's token */
	struct span provider, email, name;
	struct span title;
	struct span success_url, cancel_url;	/* absolute */
	struct money amount;		/* of the hold as it was read; the lines' sum */
	const struct pay_line *lines;
	size_t n_lines;
	int64_t ends_ms;		/* when the hold ends */
	struct span token;		/* a means of payment that was brought along: then there is no page to go to; empty: none */
};

enum pay_end {
	PAY_GO,			/* send the buyer to url; payment may be an older one than was asked for */
	PAY_SETTLED,		/* payment is paid, or the bank is checking it: show its return page */
	PAY_DECLINED,		/* the token was declined: nothing was taken, the seats are still held */
	PAY_BUSY,		/* too many calls to this provider at this moment: nothing was sent; offer the other ways */
	PAY_REFUSED,		/* this provider is switched off, does not take it, or refuses us (logged); offer the other ways */
	PAY_LATER,		/* no answer from the provider. Nothing can have been charged; asking again goes on where this stopped */
	PAY_NO,			/* outcome says why: CHANGED, EXPIRED, CAPTURING, PAID, NOT_FOUND, BUSY, DOWN, BROKEN */
};

struct pay_answer {
	int64_t payment;		/* 0 when there is none */
	struct span url;
	enum outcome outcome;
};

enum pay_end start_payment(struct flow *, const struct pay_ask *, struct pay_answer *);

enum return_end {
	RETURN_CONFIRMED,	/* tickets */
	RETURN_REFUND,		/* paid, no tickets: the money goes back */
	RETURN_CHECKING,	/* not known yet: ask again in a few seconds; never an error to somebody who may have paid */
	RETURN_OPEN,		/* the provider says that nothing was paid, and that payment->url is still open */
	RETURN_ENDED,		/* failed or closed, nothing was paid */
	RETURN_NOT_FOUND,
	RETURN_DOWN,		/* our database gives no answer */
};

/* The buyer is back. Asks the provider, at most once in 3 seconds a payment, and settles with what it says. *payment as it is then. */
enum return_end finish_return(struct flow *, int64_t show, int64_t payment, struct payment *);

/* -- the provider calls ---------------------------------------------------------------------------------------------------- */

enum webhook_end {
	WEBHOOK_TAKEN,		/* stored with its effect, now or before: the provider need not send it again */
	WEBHOOK_NO_PROVIDER,
	WEBHOOK_NOT_SIGNED,	/* or too old */
	WEBHOOK_UNREADABLE,	/* signed, but not in a shape that we can store */
	WEBHOOK_LATER,		/* could not be checked or stored: the provider must send it again */
};

struct message_in {
	struct span (*header)(void *at, struct arena *, const char *name);	/* "Stripe-Signature", in any case; empty if absent */
	void *at;
	struct span body;		/* the raw bytes */
};
enum webhook_end take_webhook(struct flow *, struct span provider, const struct message_in *);

enum judged {
	JUDGED_SIGNED,
	JUDGED_FALSE,		/* the signature is missing or wrong */
	JUDGED_OLD,
	JUDGED_UNKNOWN,		/* cannot tell: no secret, or what it is checked with cannot be had now */
};

/* db NULL: nothing is fetched or asked; what delivery->fetched does not have then is unknown. */
struct delivery;
enum judged judge_delivery(struct flow *, struct psp *, struct delivery *);

/* -- the reaper, and whoever must be sure that nothing can be paid any more ------------------------------------------------- */

enum close_end {
	CLOSE_DONE,		/* closed or failed: no money can come of it */
	CLOSE_SETTLED,		/* it was paid: settled */
	CLOSE_PENDING,		/* the bank is checking; it cannot be closed */
	CLOSE_UNKNOWN,		/* no answer: nothing changed, try later */
};

enum close_end close_payment(struct flow *, int64_t show, int64_t payment);

/* Each looks at up to `most` things that are due, at most one question in 15 s a payment; returns how many it looked at. */
size_t end_holds(struct flow *, size_t most);	/* past their promised end, with payments: closes those; all closed: frees the seats */
size_t reconcile(struct flow *, size_t most);	/* payments whose end nobody told us */
size_t run_refunds(struct flow *, size_t most);
/* Every five minutes, payments in the providers' lists that we do not know as paid: ours are settled, others shown to a human. */
size_t hold_against_lists(struct flow *);

/* One attempt to give money back, by whoever claimed it (refund_claim). */
void run_refund(struct flow *, const struct refund *);

#endif
