/*
 * psp.h - what every payment provider can do for us, as one table of functions. No database here, no rule about seats. verify_ and
 * parse_webhook do no I/O: what must be fetched first they name, and the caller fetches it. Amounts are integer minor units of our
 * own (ISO exponent); a provider file converts where its wire differs.
 *
 * A call is sent once. Whether and when it is made again is the caller's business, with the same key and the same bytes.
 */
#ifndef FOYER_PSP_PSP_H
#define FOYER_PSP_PSP_H

#include "base/money.h"

enum psp_result {
	PSP_OK,
	PSP_AGAIN,		/* nothing happened there, the same call may be made again: not sent, 409, 429, 503 */
	PSP_UNSURE,		/* sent, and no answer that we could read: it may have happened; ask before doing it again */
	PSP_CONFLICT,		/* not in that state: read it anew (closing what was just paid; refunding what is refunded) */
	PSP_DECLINED,		/* the payer's means was refused: nothing was taken, and nothing will be of this attempt */
	PSP_REFUSED,		/* our request is wrong, or our account is: an operator must look */
	PSP_NOT_FOUND,
	PSP_BUSY,		/* too many calls in flight, or the provider has not answered for a while: nothing was sent */
};

enum payment_fact {
	FACT_UNKNOWN,
	FACT_OPEN,
	FACT_APPROVED,		/* the buyer said yes; nothing is taken before we capture */
	FACT_PENDING,		/* the bank is checking */
	FACT_PAID,
	FACT_FAILED,
	FACT_CLOSED,
};
enum refund_fact { REFUND_UNKNOWN, REFUND_PENDING, REFUND_DONE, REFUND_FAILED };

struct checkout_line {
	struct span name;	/* "Screen 1, row C seat 7, adult" */
	int64_t minor;		/* one of them */
	int64_t quantity;
};

struct checkout_ask {
	struct span reference;	/* ours: the payment's, <= 40 characters of [A-Za-z0-9_-] */
	struct span email, name, title;
	struct span success_url, cancel_url;	/* absolute */
	struct money amount;	/* the lines' sum */
	const struct checkout_line *lines;
	size_t n_lines;
	int64_t ends_ms;	/* wanted end; a provider may have a longest and a shortest */
};

struct checkout {
	struct span session;	/* the provider's id */
	struct span url;	/* where the buyer pays; empty for a charge */
};

/*
 * What a provider says of a payment or a refund. A field that was missing or unreadable is empty; an amount then is -1 of no
 * currency, so it equals none of ours. Ids are [A-Za-z0-9_.:-], at most 255 characters; a URL is absolute and fit for a Location header.
 */
struct payment_report {
	enum payment_fact fact;
	struct money amount;
	struct span session, reference;
	struct span capture;	/* the provider's id that a refund names; empty until known */
	struct span url;	/* while open */
	struct span why;	/* a word of the provider's for FAILED or PENDING */
	bool live;		/* real money */
};

struct refund_ask {
	struct span session, capture;	/* of the payment */
	struct span reference;		/* ours: goes along, so that it is found again */
	struct span refund;		/* the provider's id of this refund; empty until known */
	struct span body, key;		/* stored before the first call; for refund only */
	struct money amount;
};

struct refund_report {
	enum refund_fact fact;
	struct span id, reference, why;
	struct money amount;
};

enum psp_event_kind { EVENT_OTHER, EVENT_PAYMENT, EVENT_REFUND, EVENT_DISPUTE };
enum dispute_fact { DISPUTE_OPEN, DISPUTE_WON, DISPUTE_LOST };

struct psp_event {
	enum psp_event_kind kind;
	struct span id, type;
	struct payment_report payment;	/* for EVENT_PAYMENT; for a refund or a dispute only its capture, session, reference and live */
	struct refund_report refund;	/* for EVENT_REFUND; for a dispute its id, amount and, as why, its status */
	enum dispute_fact dispute;
};

/* Reads as empty in every part, with amounts of -1. */
void psp_event_clear(struct psp_event *);
void payment_report_clear(struct payment_report *);
void refund_report_clear(struct refund_report *);

/* What arrived at our webhook's address. */
struct delivery {
	struct span (*header)(void *at, struct arena *, const char *name);	/* "Stripe-Signature", in any case; empty if absent */
	void *at;
	struct span body;		/* the raw bytes */
	int64_t now_ms;			/* our clock; also dates certificates */
	struct span fetched;		/* what an earlier verify_webhook named, as it came; empty before */
};

enum psp_verdict {
	SIGNED,
	NOT_SIGNED,
	SIGNED_TOO_OLD,
	VERDICT_FETCH,			/* fetch need->url first: within WIRE_FETCH_MAX bytes and WIRE_FETCH_MS, no redirects */
	VERDICT_ASK,			/* only the provider can tell: ask_verdict */
	VERDICT_NONE,			/* cannot be told: no secret in the settings */
};

struct psp_need {
	struct span url;		/* already held against the list of allowed places */
};

struct psp;			/* a configured provider */

struct psp_kind {
	const char *name;	/* "stripe": in URLs and the database */
	bool pays_late;		/* a try that a bank is still busy with when the checkout is closed may yet succeed */
	/*
	 * Exactly the bytes that create_checkout will send: made once, stored with its key before the first call, sent again unchanged.
	 * The session's end in it leaves room for that: a body is good for at least 10 minutes. Empty: cannot be asked of this provider.
	 */
	struct span (*checkout_body)(struct psp *, struct arena *, const struct checkout_ask *);
	/* PSP_CONFLICT: this reference or key was used before: find_checkout. */
	enum psp_result (*create_checkout)(struct psp *, struct arena *, struct span body, struct span key, struct checkout *);
	/* The checkout made earlier with our reference; PSP_NOT_FOUND: none. NULL: the same body under the same key gives it again. */
	enum psp_result (*find_checkout)(struct psp *, struct arena *, struct span reference, struct checkout *);
	/* PSP_OK: nothing can be paid there any more. PSP_CONFLICT: read it anew. NULL: it needs no closing, for only our capture pays it. */
	enum psp_result (*close_checkout)(struct psp *, struct arena *, struct span session);
	enum psp_result (*fetch_status)(struct psp *, struct arena *, struct span session, struct payment_report *);
	/*
	 * Takes the money of an approved payment; the same key again is the same capture. PSP_OK: the report tells (paid, pending,
	 * failed). PSP_CONFLICT: fetch_status tells. NULL: the provider captures by itself.
	 */
	enum psp_result (*capture)(struct psp *, struct arena *, struct span session, struct span key, struct payment_report *);
	/*
	 * A payment by a token (a means of payment that an API client brought along) instead of a hosted page: charge registers it
	 * and takes nothing, then capture takes it. NULL: this provider has no tokens.
	 */
	struct span (*charge_body)(struct psp *, struct arena *, const struct checkout_ask *, struct span token);
	enum psp_result (*charge)(struct psp *, struct arena *, struct span body, struct span key, struct checkout *);

	struct span (*refund_body)(struct psp *, struct arena *, const struct refund_ask *);	/* empty: an amount that cannot be sent */
	enum psp_result (*refund)(struct psp *, struct arena *, const struct refund_ask *, struct refund_report *);
	enum psp_result (*fetch_refund)(struct psp *, struct arena *, const struct refund_ask *, struct refund_report *);
	/* The refund of this capture that carries our reference; PSP_NOT_FOUND if there is none. */
	enum psp_result (*find_refund)(struct psp *, struct arena *, const struct refund_ask *, struct refund_report *);

	/* Payments made since then, a page at a time: cursor is empty at first and when there are no more. NULL: has no list. */
	enum psp_result (*list_payments)(struct psp *, struct arena *, int64_t since_ms, struct span *cursor,
	    struct payment_report **list, size_t *n);

	enum psp_verdict (*verify_webhook)(struct psp *, struct arena *, const struct delivery *, struct psp_need *);
	/* For VERDICT_ASK, a call: SIGNED or NOT_SIGNED, only with PSP_OK. NULL: never needed. */
	enum psp_result (*ask_verdict)(struct psp *, struct arena *, const struct delivery *, enum psp_verdict *);
	bool (*parse_webhook)(struct psp *, struct arena *, const struct delivery *, struct psp_event *);	/* only what is SIGNED */
	/* Is what a browser brought back in our return address signed by the provider? Proves nothing about money. NULL: never is. */
	enum psp_verdict (*verify_return)(struct psp *, struct arena *, struct span (*param)(void *at, const char *name), void *at);

	/* False: below the provider's least amount, or one or a currency that it cannot take. */
	bool (*check_amount)(struct psp *, struct money);
};

/*
 * Before and after each call: caps the calls in flight over all workers, and leaves a provider in peace that does not answer.
 * enter false: answer PSP_BUSY. leave: whether an answer came, and how long it asked us to wait (0: it did not). NULL functions: open.
 */
struct psp_gate {
	bool (*enter)(void *at);
	void (*leave)(void *at, bool answered, int64_t wait_ms);
	void *at;
};

struct psp {
	const struct psp_kind *kind;
	void *place;			/* base URL, keys, timeouts: the provider file's own */
	bool live;			/* our key moves real money; what reports the other mode is not ours */
	struct psp_gate gate;
	struct psp_gate fetch_gate;	/* the same for what verify_webhook names */
	int64_t wait_ms;		/* Retry-After of the newest call's answer; 0: none */
};

struct settings;
/* Providers that the settings configure, in the order they are offered. The array and its contents live in the arena. */
size_t psp_all(struct arena *, const struct settings *, struct psp **list);
/* For a process that makes one call at a time: gates that leave a provider in peace while it does not answer, over all lists made. */
void psp_guard_alone(struct psp *list, size_t n);
struct psp *psp_named(struct psp *list, size_t n, struct span name);	/* NULL: not configured */

/* What verify_webhook named, by GET. PSP_AGAIN: it could not be had. */
enum psp_result psp_fetch(struct psp *, struct arena *, struct span url, struct span *body);

/* The sources of form-action that a provider's pages need, blanks between; empty: it is not configured. */
struct span psp_form_origins(struct arena *, const struct settings *);

#endif
