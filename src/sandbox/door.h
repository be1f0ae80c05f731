/*
 * door.h - requests coming in by FastCGI and answers going out, one process, no thread. An answer may wait: for a moment to come,
 * or for webhooks to be tried first; meanwhile other requests are served. A connection may also be closed without any answer.
 */
#ifndef FOYER_SANDBOX_DOOR_H
#define FOYER_SANDBOX_DOOR_H

#include <jansson.h>

#include "http/http.h"
#include "sandbox/orders.h"

#define VISIT_BODY_MAX (1 * MiB)

enum visit_method { VISIT_GET, VISIT_POST, VISIT_OTHER };

struct visit {
	struct arena *arena;		/* holds the visit itself too */
	struct visit *next;
	struct request wire;		/* only its transport, header() and read_body() */
	enum visit_method method;
	struct span path, query, body;	/* path as nginx decoded it; body raw */
	struct span id;			/* "req_…": the provider's own request id */
	struct span key;		/* of a call: its idempotency key */
	struct scope scope;		/* of a call: what it is about */
	bool too_large, cut;		/* the body was, and is empty here */
	/* the answer */
	int status;
	const char *type;		/* Content-Type; NULL: none */
	struct buf headers;		/* the other lines, each with CRLF */
	struct buf out;
	int64_t due;			/* not sent before this moment; 0: at once */
	unsigned waits_for;		/* webhooks that must be tried first */
	bool drop;			/* close without an answer */
	bool hung;			/* nothing was done: while it hangs its key is in use */
};

struct door {
	int sock;
	struct visit *waiting;		/* answered, not yet sent */
};

void door_open(struct door *, const char *path);	/* dies if it cannot; the folder's rights decide who may connect */
void door_close(struct door *);
/* The next request, complete; NULL if none is there now. */
struct visit *door_next(struct door *);
void door_wait(struct door *, struct visit *);		/* takes the answered visit */
/* Sends what may be sent now. When the next waiting answer is due: ms from now, or most. */
int64_t door_flush(struct door *, int64_t now_ms, int64_t most);

struct span visit_header(struct visit *, const char *cgi_name);		/* empty if absent */
void visit_add_header(struct visit *, const char *name, struct span value);
/* Each is the whole answer: one given before is forgotten. No answer may be kept in a cache. */
void visit_answer_json(struct visit *, int status, const json_t *body);
void visit_answer_text(struct visit *, int status, struct span text);
void visit_answer_page(struct visit *, int status, struct span html);
void visit_redirect(struct visit *, struct span url);			/* 303 */

#endif
