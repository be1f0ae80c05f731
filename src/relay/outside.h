/*
 * outside.h - calls by HTTPS to addresses that somebody else chose (partners' webhooks, browsers' push services), so that none of them
 * can make this machine knock where only it can: at itself, at its network, at the cloud's metadata.
 *
 * What a URL says is judged by libcurl's own parser, the one that will be used. Where it leads is judged when the socket is about to be
 * opened, by the address itself, each time: a name that meant something else a moment ago gains nothing. A connection that is kept was
 * opened so, and is used for the same host and port only. No redirect is followed, no proxy is asked, no other protocol is spoken.
 *
 * The setting outside_allow names hosts, as "host:port host:port", for which neither the kind of address nor http matters: for tests,
 * and for what stands in a house's own network.
 */
#ifndef FOYER_RELAY_OUTSIDE_H
#define FOYER_RELAY_OUTSIDE_H

#include <curl/curl.h>
#include <sys/socket.h>

#include "base/base.h"

#define OUTSIDE_CONNECT_MS 5000L
#define OUTSIDE_TOTAL_MS 15000L
#define OUTSIDE_ANSWER_MAX (64 * KiB)	/* of an answer's head, and of its body; what comes after that is not read */
#define OUTSIDE_URL_MAX 500
#define OUTSIDE_WAIT_MOST_MS ((int64_t)86400000)

/* A public unicast address, of which none is known to mean a private one (4in6, NAT64, 6to4, Teredo). */
bool outside_address_good(const struct sockaddr *);

/*
 * https, a port that is 443 or above 1023, a host written in ASCII and without a dot at its end, no name and password; or a host and port
 * of the list. Else false with *why. *plain is the same URL as libcurl understands it, without its fragment.
 */
bool outside_url_good(struct arena *, const char *allow, const char *url, struct span *plain, struct span *why);

/* -- a call in the caller's hands: alone, or one of many in a multi handle ------------------------------------------------------ */

struct outside_call {
	CURL *curl;
	bool listed;			/* in the list: any address will do */
	bool refused;			/* an address was none that may be called */
	size_t head;			/* bytes */
	struct buf body;		/* at most OUTSIDE_ANSWER_MAX; in the arena */
};

/*
 * Makes a handle ready: the caller adds method, headers and body, and changes nothing of what this has set. The call must stay where it
 * is, and the arena as it is, until the transfer has ended. False with *why: it must not be made.
 */
bool outside_prepare(struct outside_call *, CURL *, struct arena *, const char *allow, const char *url, struct span *why);
/* After the transfer: the answer's status, also where its body was too long; 0: there was none, *why tells. */
long outside_status(const struct outside_call *, CURLcode, struct arena *, struct span *why);
int64_t outside_wait_ms(const struct outside_call *);	/* that the answer asks for (Retry-After), at most OUTSIDE_WAIT_MOST_MS; 0: none */

/* -- or all of it: a POST, on a handle that is kept --------------------------------------------------------------------------------- */

struct outside_letter {
	const char *url;
	const struct span *headers;	/* whole lines without their end */
	size_t n_headers;
	struct span body;
	long total_ms;			/* longest that all of it may take; 0: OUTSIDE_TOTAL_MS */
};

struct outside_answer {
	long status;			/* 0: none came, and why tells */
	struct span why;
	struct span body;		/* in the arena */
	int64_t wait_ms;
};

void outside_post(struct arena *, const char *allow, const struct outside_letter *, struct outside_answer *);
/* The same for a handle that is ready: the method and what goes with it. The list must be freed after the transfer. False: out of luck. */
bool outside_post_set(CURL *, struct arena *, const struct outside_letter *, struct curl_slist **list);

#endif
