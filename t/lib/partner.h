/* partner.h - somebody's web server, in a child process: answers what the test says, and keeps what it got. */
#ifndef FOYER_T_PARTNER_H
#define FOYER_T_PARTNER_H

#include "base/base.h"

#include <sys/types.h>

#define PARTNER_LOG_MAX 4000

struct partner_request {
	char id[64], timestamp[24], signature[200];	/* the webhook's headers; "" where there was none */
	char body[1000];
	int status;			/* that it was answered with; 0: with nothing */
};

/* Shared with the child. */
struct partner_script {
	enum { PARTNER_ANSWERS, PARTNER_HANGS, PARTNER_FLOODS, PARTNER_HANGS_UP } how;
	int status;			/* 204 at first */
	char more[300];			/* header lines with their ends */
	int answer_ms;			/* takes so long */
	int connections;
	int n;
	struct partner_request log[PARTNER_LOG_MAX];
};

struct partner {
	struct partner_script *script;
	int port;			/* on 127.0.0.1 */
	pid_t server;
};

void partner_open(struct partner *);
void partner_close(struct partner *);
void partner_stop(struct partner *);		/* nobody listens any more; and does again, at the same port */
void partner_again(struct partner *);
void partner_forget(struct partner *);		/* what it got, and answers as at first */

#endif
