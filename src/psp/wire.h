/*
 * wire.h - one HTTP exchange with a provider. One libcurl handle a process, made at the first call (so never before a fork) and
 * kept with its connections. No redirect is followed, an answer is at most WIRE_MAX_ANSWER bytes, the whole takes at most
 * timeout_ms. Logs provider, call, status, time and the provider's request id; never a header, a key or a body.
 */
#ifndef FOYER_PSP_WIRE_H
#define FOYER_PSP_WIRE_H

#include "psp/psp.h"

#define WIRE_MAX_ANSWER MiB
#define WIRE_FETCH_MAX (64 * KiB)
#define WIRE_FETCH_MS 2000
#define WIRE_MAX_HEADERS 8

struct wire_call {
	const char *name;		/* for the log: "open" */
	bool post;			/* else GET, which changes nothing and so is never unsure */
	struct span url;
	struct span body;		/* of a POST; its Content-Type is one of the headers */
	struct span headers[WIRE_MAX_HEADERS];	/* whole lines without their end; an empty one is skipped */
	const char *id_header;		/* response header with the provider's name for this call; for the log */
	int64_t timeout_ms;
	size_t most;			/* bytes of an answer; 0: WIRE_MAX_ANSWER */
	struct psp_gate *gate;		/* NULL: the provider's own */
};

struct wire_answer {
	int status;			/* 200-599 */
	struct span body;		/* in the arena */
};

/*
 * PSP_OK: an HTTP answer came, whatever its status. PSP_AGAIN: nothing was sent, or it was a GET. PSP_UNSURE: a byte or more of a
 * POST left and no whole answer came. PSP_BUSY: the provider's gate is full or shut. psp->wait_ms is the answer's Retry-After.
 */
enum psp_result wire_exchange(struct psp *, struct arena *, const struct wire_call *, struct wire_answer *);
struct span wire_header(struct arena *, const char *name);	/* of the last exchange's answer; empty if it had none */

void wire_escape(struct buf *, struct span);	/* percent-encoded: all but A-Z a-z 0-9 - . _ ~ */
struct span wire_path(struct arena *, const char *before, struct span id, const char *after);	/* the id escaped between them */
bool wire_header_good(struct span value, size_t most);		/* nothing but printable ASCII without blanks may get into a header line */

#endif
