/* sockets.h - what the lanes listen on: handed over by systemd (LISTEN_FDS), or opened here. */
#ifndef FOYER_HTTP_SOCKETS_H
#define FOYER_HTTP_SOCKETS_H

#include "http/http.h"

#define SOCKETS_A_LANE 4

struct sockets {
	int fd[LANES][SOCKETS_A_LANE];
	char path[LANES][SOCKETS_A_LANE][108];	/* as in sockaddr_un */
	size_t n[LANES];
	bool ours;				/* opened here: unlinked when the pool ends */
};

/*
 * public0.sock … public3.sock, pay.sock, webhook.sock, staff.sock in run_dir; of systemd's, those names tell the lane. Anybody who
 * can enter the folder may connect: the folder's permissions decide. False, with the reason logged, also where another pool
 * serves already.
 */
bool sockets_open(struct sockets *, const char *run_dir, const int workers[LANES]);
void sockets_close_others(struct sockets *, enum lane keep);
void sockets_unlink(const struct sockets *);

#endif
