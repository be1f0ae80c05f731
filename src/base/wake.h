/*
 * wake.h - says "there is something to do" to whoever waits in run_dir, by an empty datagram to each of a few sockets. Nothing is
 * waited for, and nothing is wrong where nobody listens or where one is lost: who listens also looks by itself now and then.
 */
#ifndef FOYER_BASE_WAKE_H
#define FOYER_BASE_WAKE_H

#define WAKE_PLACES 4		/* so many may listen on one machine */

/* The sockets are run_dir/NAME0.sock, NAME1.sock …; the struct is for the life of the process. */
struct wake *wake_new(struct arena *, const char *run_dir, const char *name);
void wake_all(void *wake);	/* of wake_new() */

/*
 * A place to listen at, which goes with the process however that ends: its number, with *fd readable when somebody called, and
 * *holder the number that this place has gone by ever since. -1: all places are taken. Dies where run_dir cannot be written.
 */
int wake_listen(struct arena *, const char *run_dir, const char *name, int *fd, int64_t *holder);
/* Waits until somebody called or the time is over; a signal ends it too. What was called until now counts as heard. */
void wake_wait(int fd, int ms);

#endif
