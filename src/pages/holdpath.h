/* holdpath.h - the hold that a page's address names. It opens only in the browser that took it; a stranger finds nothing there. */
#ifndef FOYER_PAGES_HOLDPATH_H
#define FOYER_PAGES_HOLDPATH_H

#include "domain/holds.h"
#include "http/http.h"

/* 0, or the status to answer with: 404 for a token that is not ours, not theirs, or of another generation. */
int hold_of_path(struct request *, struct response *, struct hold *);

struct span hold_path(struct request *, const struct hold *);	/* "/holds/{token}" */

/* 303 to the hold's page, which says how the hold stands now, ended or paid as well. Query: "" or "?swapped=1". */
int hold_again(struct request *, struct response *, const struct hold *, const char *query);

/* 303 to the booking that a hold became. Query as above. */
int booking_of_hold_go(struct request *, struct response *, int64_t show, int64_t hold, const char *query);

#endif
