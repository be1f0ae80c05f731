/*
 * provider.h - what the files of one provider (stripe_*.c, razorpay_*.c, paypal_*.c) supply: how its calls, pages and events are
 * written. What becomes of money is decided in purse.h, the same for all of them.
 */
#ifndef FOYER_SANDBOX_PROVIDER_H
#define FOYER_SANDBOX_PROVIDER_H

#include "sandbox/calls.h"

/* What may happen to a payment. */
enum happening {
	HAPPENED_OPENED, HAPPENED_APPROVED, HAPPENED_PAID, HAPPENED_PENDING, HAPPENED_DECLINED, HAPPENED_ACTION, HAPPENED_LATE_PAID,
	HAPPENED_LATE_FAILED, HAPPENED_EXPIRED, HAPPENED_CANCELLED,
	HAPPENED_REFUND_MADE, HAPPENED_REFUND_DONE, HAPPENED_REFUND_FAILED,
	HAPPENED_DISPUTE, HAPPENED_DISPUTE_WON, HAPPENED_DISPUTE_LOST,
	HAPPENINGS
};

/* Records of the purse that an event is about; but for the payment each may be NULL. */
struct about {
	const json_t *payment, *charge, *refund, *dispute;
};

enum id_of { ID_PAYMENT, ID_CHARGE, ID_REFUND, ID_DISPUTE, ID_EVENT, IDS };

/* What is wrong with the signature of a webhook, on purpose. */
enum flaw { FLAW_NONE, FLAW_FORGED, FLAW_STALE, FLAW_UNSIGNED, FLAW_ELSEWHERE };

#define LINES_MAX 8
struct lines {
	const char *list[LINES_MAX];		/* whole header lines */
	size_t n;
};

#define TYPES_MAX 4

struct provider {
	const char *name;		/* "stripe": in orders, the ledger, the webhook's address */
	const char *title;		/* "Stripe": as whom the pages play */

	/* -- its life of a payment */
	bool asks_capture;		/* what the buyer approved is taken by the merchant's call */
	bool pays_when_closed;		/* a try that was pending can still succeed after the payment's end */
	bool tries_again;		/* and when it failed the payment is open again */
	bool one_charge;		/* all tries are one charge */
	struct provider_id (*new_id)(enum id_of);

	/* -- its calls: calls.h */
	const struct call_route *routes;
	size_t n_routes;
	const char *prefix;		/* of its paths: "", "/razorpay" */
	bool in_json;			/* bodies; else forms */
	const char *key_header;		/* "HTTP_IDEMPOTENCY_KEY" */
	bool keeps_errors;		/* an idempotency key keeps failures too */
	bool (*played)(const struct sandbox_options *);		/* its keys were given */
	void (*greet)(struct call *);				/* headers of every answer */
	bool (*allowed)(struct call *);				/* may this caller call? false with a complaint */
	void (*about)(struct call *, struct scope *);		/* which payment the call is about: reference or any id, if it can be told */
	void (*key_refused)(struct call *, bool in_use);	/* the complaint: used for another call, or by one that still runs */
	void (*replayed)(struct call *, const json_t *key);	/* headers of a repeated answer; NULL: none */
	void (*ordered)(struct call *, int status);		/* the complaint of a refusal that was ordered */
	json_t *(*error)(struct call *);			/* the complaint as this provider's error */

	/* -- its hosted page */
	struct span (*page_payment)(struct arena *, const struct visit *);	/* the id that the path names; empty: it is no page of its */
	struct span (*page_path)(struct arena *, const json_t *payment);	/* without the public URL */
	/* Where the buyer goes after paying, or approving; empty: nowhere, the page says how it ended. */
	struct span (*back_url)(struct sandbox *, struct arena *, const json_t *payment);
	struct span (*cancel_url)(struct arena *, const json_t *payment);		/* empty: there is no way back but the browser's */

	/* -- its webhooks */
	size_t (*types)(enum happening, const struct about *, const char *types[TYPES_MAX]);
	/* A whole event, by what its type tells of. A new reference; NULL: it cannot be told of these records. */
	json_t *(*event)(struct sandbox *, const char *type, const char *id, const struct about *);
	bool indented;			/* how its bodies are laid out */
	const char *user_agent;
	void (*sign)(struct sandbox *, struct arena *, const char *event_id, struct span body, enum flaw, struct lines *);
};

extern const struct provider play_stripe, play_razorpay, play_paypal;
#define PROVIDERS 3
extern const struct provider *const all_providers[PROVIDERS];

const struct provider *provider_named(struct span name);	/* NULL: there is none */
const struct provider *provider_of(const json_t *record);	/* by its member "provider" */
struct scope scope_of(const json_t *payment);

#endif
