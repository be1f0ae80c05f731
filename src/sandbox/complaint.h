/* complaint.h - why a call is refused, before a provider's own words are put round it. */
#ifndef FOYER_SANDBOX_COMPLAINT_H
#define FOYER_SANDBOX_COMPLAINT_H

struct complaint {
	int status;
	const char *type;		/* of Stripe's error: invalid_request_error unless it is said otherwise */
	const char *code;		/* the provider's word for what is wrong; NULL: none */
	struct span message, param;	/* param: the one it is about; empty: none */
	struct arena *arena;
};

/* Fills it and returns NULL, so that a check can `return complain(…)`. */
void *complain(struct complaint *, int status, const char *code, struct span param, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

#endif
