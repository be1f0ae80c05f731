/*
 * psp.h - what every payment provider can do for us, as a table of functions. No database here, no rule about seats. Nothing in
 * verify or parse does I/O. Amounts are integer minor units of our own (ISO exponent); a provider file converts where it differs.
 */
#ifndef FOYER_PSP_PSP_H
#define FOYER_PSP_PSP_H

#include "base/money.h"

enum psp_result {
	PSP_OK,
	PSP_AGAIN,		/* nothing happened there, the same call may be made again: not sent, 409, 429, 503 */
	PSP_UNSURE,		/* sent, and no answer that we could read: it may have happened; ask before doing it again */
	PSP_CONFLICT,		/* not in that state: read it anew (closing what was just paid; refunding what is refunded) */
	PSP_REFUSED,		/* our request is wrong, or our account is: an operator must look */
	PSP_NOT_FOUND,
	PSP_BUSY,		/* too many calls in flight: nothing was sent */
};

enum payment_fact { FACT_UNKNOWN, FACT_OPEN, FACT_PENDING, FACT_PAID, FACT_FAILED, FACT_CLOSED };
enum refund_fact { REFUND_UNKNOWN, REFUND_PENDING, REFUND_DONE, REFUND_FAILED };

struct checkout_line {
	struct span name;	/* "Screen 1, row C seat 7, adult" */
	int64_t minor;		/* one of them */
	int64_t quantity;
};

struct checkout_ask {
	struct span reference;	/* ours: the payment's, <= 40 characters of [A-Za-z0-9_-] */
	struct span email, title;
	struct span success_url, cancel_url;	/* absolute */
	struct money amount;	/* the lines' sum */
	const struct checkout_line *lines;
	size_t n_lines;
	int64_t ends_ms;	/* wanted end; a provider may have a longest and a shortest */
};

struct checkout {
	struct span session;	/* the provider's id */
	struct span url;	/* where the buyer pays */
};

/*
 * What a provider says of a payment or a refund. A field that was missing or unreadable is empty; an amount then is -1 of no
 * currency, so it equals none of ours. Ids are [A-Za-z0-9_.:-], at most 255 characters; a URL is absolute and printable ASCII.
 */
struct payment_report {
	enum payment_fact fact;
	struct money amount;
	struct span session, reference;
	struct span capture;	/* the provider's id that a refund names; empty until known */
	struct span url;	/* while open */
	bool live;		/* real money */
};

struct refund_ask {
	struct span capture, reference;	/* ours: goes along as metadata, so that it is found again */
	struct span key;	/* idempotency key, stored before the first call */
	struct money amount;
};

struct refund_report {
	enum refund_fact fact;
	struct span id, reference, why;
	struct money amount;
};

enum psp_event_kind { EVENT_OTHER, EVENT_PAYMENT, EVENT_REFUND, EVENT_DISPUTE };

struct psp_event {
	enum psp_event_kind kind;
	struct span id, type;
	struct payment_report payment;	/* for EVENT_PAYMENT; for a refund or a dispute only its capture, reference and live */
	struct refund_report refund;	/* for EVENT_REFUND; for a dispute its id, amount and, as why, its status */
};

enum psp_verdict { SIGNED, NOT_SIGNED, SIGNED_TOO_OLD };

struct psp;			/* a configured provider */

struct psp_kind {
	const char *name;	/* "stripe": in URLs and the database */
	/*
	 * Exactly the bytes that checkout_open will send: made once, stored with its key before the first call, sent again unchanged.
	 */
	struct span (*checkout_body)(struct psp *, struct arena *, const struct checkout_ask *);
	enum psp_result (*checkout_open)(struct psp *, struct arena *, struct span body, struct span key, struct checkout *);
	enum psp_result (*checkout_read)(struct psp *, struct arena *, struct span session, struct payment_report *);
	enum psp_result (*checkout_close)(struct psp *, struct arena *, struct span session);	/* PSP_CONFLICT: read it anew */
	enum psp_result (*refund)(struct psp *, struct arena *, const struct refund_ask *, struct refund_report *);
	/* The refund of this capture that carries our reference; PSP_NOT_FOUND if there is none. */
	enum psp_result (*refund_find)(struct psp *, struct arena *, struct span capture, struct span reference, struct refund_report *);
	/* signature: the provider's header(s); headers(name) gives any. now_ms: our clock. */
	enum psp_verdict (*verify)(struct psp *, struct span signature, struct span body, int64_t now_ms);
	bool (*parse)(struct psp *, struct arena *, struct span body, struct psp_event *);	/* only what verify passed */
	/* Below the provider's least amount, or a currency it cannot take. */
	bool (*takes)(struct psp *, struct money);
	const char *signature_header;	/* CGI name: "HTTP_STRIPE_SIGNATURE" */
};

struct psp {
	const struct psp_kind *kind;
	struct psp_place *place;	/* base URL, keys, timeouts: the provider file's own */
	bool live;			/* our key moves real money; what reports the other mode is not ours */
	/* Caps the calls in flight over all workers; enter false: answer PSP_BUSY. NULL functions: no cap. */
	bool (*enter)(void *gate);
	void (*leave)(void *gate);
	void *gate;
};

struct settings;
/* Providers that the settings switch on, in the order they are offered. The array and its contents live in the arena. */
size_t psp_all(struct arena *, const struct settings *, struct psp **list);
struct psp *psp_named(struct psp *list, size_t n, struct span name);	/* NULL: not configured */

#endif
