/* served.h - what servers of the tests' own share: one in a child process, on 127.0.0.1, one connection at a time and a request on each. */
#ifndef FOYER_T_SERVED_H
#define FOYER_T_SERVED_H

#include "base/base.h"

#include <sys/types.h>

/* Zeroed memory that a child shares; given back by munmap. */
void *served_shared(size_t n);
/* *port 0: any free one, which it then is. answer is called in the child for each connection, and context is whatever it wants. */
pid_t served_begin(int *port, void (*answer)(int fd, void *context), void *context);
void served_end(pid_t *);			/* nobody listens any more */
/*
 * The head and as much of a body as it says, with a NUL behind it; *body points into it, of *n bytes. False: the other side went away
 * before that, or it is longer than there is room.
 */
bool served_read(int fd, char *to, size_t room, char **body, size_t *n);

#endif
