/* listeners.h - a crowd that listens to server-sent events of one address, each with a connection of its own, in one process. */
#ifndef FOYER_T_LISTENERS_H
#define FOYER_T_LISTENERS_H

#include "base/base.h"

#define LISTENERS_MAX 2000
#define LISTENER_BYTES (16 * KiB)	/* what one may hear in all */

struct listener {
	int fd;				/* -1: its connection has ended */
	size_t n;
	char heard[LISTENER_BYTES];	/* head and body as they came, NUL-terminated */
};
struct listeners {
	size_t n;
	struct listener *list;
};

/* All connect to 127.0.0.1:port and ask, with these header lines besides ("Last-Event-ID: 1:0\r\n"). The test fails if one cannot. */
void listeners_come(struct listeners *, size_t n, int port, const char *path, const char *headers);
/* Hears for so long as it takes until each has these words, or `seconds` are over; how many have them. */
size_t listeners_hear(struct listeners *, const char *words, int seconds);
/* Hears what there is within so many ms. */
void listeners_hear_out(struct listeners *, int ms);
int listener_status(const struct listener *);			/* HTTP's; 0: none yet */
size_t listener_count(const struct listener *, const char *words);	/* how often it heard these */
void listeners_leave(struct listeners *);

#endif
