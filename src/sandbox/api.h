/* api.h - the provider's API: who may call, which call it is, idempotency, errors. The calls themselves are in api_*.c. */
#ifndef FOYER_SANDBOX_API_H
#define FOYER_SANDBOX_API_H

#include "sandbox/params.h"
#include "sandbox/sandbox.h"

struct call {
	struct sandbox *sb;
	struct visit *v;
	struct arena *arena;
	struct params params;		/* of the body for POST, of the query for GET */
	struct span id;			/* {id} of the path */
	int64_t now_ms;
	struct complaint why;		/* when a call returns NULL */
	/* Set once the parameters were found good: from then on the outcome, even an error, is kept under the idempotency key. */
	bool began;
};

/* The object of a 200 answer, a new reference; NULL with call->why. */
json_t *api_session_create(struct call *);
json_t *api_session_read(struct call *);
json_t *api_session_list(struct call *);
json_t *api_session_expire(struct call *);
json_t *api_refund_create(struct call *);
json_t *api_refund_read(struct call *);
json_t *api_refund_list(struct call *);
json_t *api_event_read(struct call *);
json_t *api_event_list(struct call *);

void api_serve(struct sandbox *, struct visit *);	/* answers any path under /v1 */
/* False, and 401 is answered, unless the secret key came along. */
bool api_allowed(struct sandbox *, struct visit *);
void api_unknown_path(struct visit *);

/* A page of a collection, newest first. `member` names the object in a record; wanted NULL takes all. tree: limit, starting_after,
 * ending_before. */
json_t *api_page(struct call *, const char *collection, const char *member, const char *url, const json_t *tree,
    bool (*wanted)(const json_t *record, const json_t *tree));
#define API_PAGE_RULES { "limit", PARAM_INT, 1, 100, NULL }, { "starting_after", PARAM_TEXT, 0, 0, NULL }, \
	{ "ending_before", PARAM_TEXT, 0, 0, NULL }

#endif
