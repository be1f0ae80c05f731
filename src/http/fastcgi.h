/* fastcgi.h - one connection at a time from nginx, through libfcgi; the only file with <fcgiapp.h> is fastcgi.c. */
#ifndef FOYER_HTTP_FASTCGI_H
#define FOYER_HTTP_FASTCGI_H

#include "http/http.h"

struct fastcgi;

struct fastcgi *fastcgi_new(void);		/* once a process, after the fork */
/* False where another worker was quicker (the listener does not block), or what came was no request. */
bool fastcgi_accept(struct fastcgi *, int listener);
/* Makes the request readable: its header() and read_body(). Their spans die with fastcgi_finish(). */
void fastcgi_request(struct fastcgi *, struct request *);
void fastcgi_send(struct fastcgi *, const struct response *, int status);
void fastcgi_put(struct fastcgi *, struct span bytes);	/* as they are: for who makes the whole answer, Status line and all */
void fastcgi_finish(struct fastcgi *);		/* flushes, closes, and throws away what of the body was not read */
void fastcgi_free(struct fastcgi *);		/* a request that was not finished is cut off without an answer */

#endif
