/*
 * calls.h - how a call of any provider's API is served: who may call, which call it is, orders (orders.h), idempotency keys, the
 * answer. What the calls do, and how they and their errors are written, the provider's own files know (provider.h).
 */
#ifndef FOYER_SANDBOX_CALLS_H
#define FOYER_SANDBOX_CALLS_H

#include "sandbox/complaint.h"
#include "sandbox/params.h"
#include "sandbox/sandbox.h"

struct provider;

struct call {
	struct sandbox *sb;
	struct visit *v;
	struct arena *arena;
	const struct provider *provider;
	struct params params;		/* of a form's body, else of the query */
	json_t *body;			/* of a POST in JSON: an object; else NULL */
	struct span path;		/* without the provider's prefix */
	struct span id;			/* {id} of the path */
	int64_t now_ms;
	int status;			/* of a good answer; 200 unless set */
	struct span made;		/* the id of what this call made, for who repeats it */
	struct complaint why;		/* when a call returns NULL */
	/* Set once the parameters were found good: from then on the outcome, even an error, may be kept under the idempotency key. */
	bool began;
};

enum call_flag {
	CALL_KEYED = 1,		/* its idempotency key is heeded */
	CALL_OPEN = 2,			/* anybody may call, `allowed` is not asked */
	CALL_FORM = 4,			/* its body is a form, whatever the provider's others are */
	CALL_TEXT = 8,			/* run() answers the visit itself, and returns NULL */
};

struct call_route {
	enum visit_method method;
	const char *before, *after;	/* what stands before and behind {id}; after NULL: there is no {id} */
	const char *name;		/* in orders */
	unsigned flags;
	json_t *(*run)(struct call *);	/* the object of a good answer, a new reference; NULL with call->why */
	/* The same answer again, by what was made: as it is now. NULL: as it was kept. */
	json_t *(*again)(struct call *, struct span made);
};

/* Answers any path of the provider's API; false: it is none. */
bool calls_serve(struct sandbox *, struct visit *, const struct provider *);
/* False, and the error is answered, unless Stripe's secret key came along: also for whoever directs the stand-in. */
bool calls_allowed(struct sandbox *, struct visit *, const struct provider *);
void calls_unknown_path(struct sandbox *, struct visit *, const struct provider *);
/* What an order makes of the hosted page's answer, before and after it was made; true: nothing more is to be done. */
bool calls_kept_from(struct sandbox *, struct visit *, struct scope, const char *name, int *status);
void calls_spoil_answer(struct sandbox *, struct visit *, struct scope, const char *name, int64_t begun_ms);

#endif
