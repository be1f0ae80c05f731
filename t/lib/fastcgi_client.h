/* fastcgi_client.h - what nginx says to foyerd, without nginx: one request a connection over a unix socket. */
#ifndef FOYER_T_FASTCGI_CLIENT_H
#define FOYER_T_FASTCGI_CLIENT_H

#include "base/base.h"

struct fastcgi_answer {
	int status;			/* 0: the connection ended without a whole answer */
	char head[4096], body[16384];	/* NUL-terminated; what is longer is cut */
};

/* Sends a request and does not wait; -1 if nobody listens there. body: told whole, sent whole. */
int fastcgi_ask(const char *socket_path, const char *method, const char *uri, struct span body);
/* Reads the answer and closes. */
void fastcgi_answer(int fd, struct fastcgi_answer *);
int fastcgi_connect(const char *socket_path);

#endif
