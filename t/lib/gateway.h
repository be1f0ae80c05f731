/*
 * gateway.h - a push service or a gateway for texts, in a child process: answers what the test says, keeps what it got as it came, and
 * opens what was sealed for a browser of the test's, by libcrypto alone.
 */
#ifndef FOYER_T_GATEWAY_H
#define FOYER_T_GATEWAY_H

#include "base/base.h"

#include <sys/types.h>

#include "base/p256.h"

#define GATEWAY_LOG_MAX 200

struct gateway_request {
	char head[4000];		/* from its first line to the empty one */
	char body[6000];		/* with a NUL behind it */
	size_t n;
};

/* Shared with the child. */
struct gateway_script {
	int status;			/* 201 at first; 0: hangs up without an answer */
	int seconds;			/* that it takes to answer; none at first */
	char more[200];			/* header lines with their ends */
	char says[400];			/* the body */
	int n;
	struct gateway_request log[GATEWAY_LOG_MAX];
};

struct gateway {
	struct gateway_script *script;
	int port;			/* on 127.0.0.1 */
	pid_t server;
};

void gateway_open(struct gateway *);
void gateway_close(struct gateway *);
void gateway_stop(struct gateway *);		/* nobody listens any more; and does again, at the same port */
void gateway_again(struct gateway *);
void gateway_forget(struct gateway *);		/* what it got, and answers as at first */
const struct gateway_request *gateway_newest(const struct gateway *);	/* the test fails if there is none */
/* A header of a request, "" if it has none; a field of its form, decoded. */
const char *gateway_header(struct arena *, const struct gateway_request *, const char *name);
const char *gateway_field(struct arena *, const struct gateway_request *, const char *name);

struct gateway_browser {
	struct p256_key key;
	unsigned char auth[16];
	const char *point_text, *auth_text;	/* as it gives them away */
};

struct gateway_browser gateway_browser(struct arena *);
/* What a push message says to it; NULL: it was not sealed for it. */
const char *gateway_opened(struct arena *, const struct gateway_browser *, const struct gateway_request *);

#endif
