/*
 * push_browsers.h - browsers that asked to be told of one buyer's seats of a show, as their push services know them (RFC 8030). What a
 * browser says of itself is anybody's word: an endpoint is where we will knock, so only what can be a public push service is kept.
 */
#ifndef FOYER_DOMAIN_PUSH_BROWSERS_H
#define FOYER_DOMAIN_PUSH_BROWSERS_H

#include "db/db.h"
#include "domain/outcome.h"

#define PUSH_ENDPOINT_MAX 500
#define PUSH_BROWSERS_MOST 3		/* of a buyer and show: a browser that renews its endpoint has two for a while */

struct push_address {
	struct span endpoint;
	struct span point, auth;	/* base64url, as the browser gave them; RFC 8291's "p256dh" and "auth" */
};

struct push_row {
	struct span place;		/* names it in the calls below */
	struct push_address address;
	int64_t told_hold, told;	/* the newest event that it was told of, and the hold that this was about; 0: none */
};

/*
 * https, a host that services names (the setting push_services) and that can be public (no address, nothing of a house's own network), a
 * port that is 443 or above 1023: whoever could name any host might name many that never answer. allow: "host:port" and blanks between
 * them (the setting outside_allow): there any of this will do, http as well.
 */
bool push_endpoint_good(struct span url, const char *services, const char *allow);
/* A key on the curve, and a secret of its length. */
bool push_keys_good(const struct push_address *);

/* The caller has looked at it. The same endpoint again: its newest keys. LIMIT: there are enough. */
enum outcome push_keep(struct db *, int64_t show, int64_t buyer, const struct push_address *);
enum outcome push_forget(struct db *, int64_t show, int64_t buyer, struct span endpoint);
size_t push_list(struct db *, struct arena *, int64_t show, int64_t buyer, struct push_row **);
void push_told(struct db *, int64_t show, int64_t buyer, const struct push_row *, int64_t hold, int64_t event);
void push_gone(struct db *, int64_t show, int64_t buyer, const struct push_row *);	/* its service does not know it any more */

#endif
