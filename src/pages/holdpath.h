/*
 * holdpath.h - the hold that a page's address names. It opens in the browser that took it, and in one that it was brought to by
 * the link in a letter; a stranger finds nothing there.
 */
#ifndef FOYER_PAGES_HOLDPATH_H
#define FOYER_PAGES_HOLDPATH_H

#include "base/crypto.h"
#include "domain/hold_notices.h"
#include "domain/holds.h"
#include "http/http.h"

/* 0, or the status to answer with: 404 for a token that is not ours, not theirs, or of another generation. */
int hold_of_path(struct request *, struct response *, struct hold *);

/*
 * The hold that a letter's link opens: its own, or what took that one's place, and whom we write to about it. NOT_FOUND: the link is void,
 * for another address was given or paid with since.
 */
enum outcome hold_of_link(struct request *, const struct token *, struct hold *, struct hold_address *);

/* The hold that was brought to this browser, or what took its place; false: none, or the link that did it is void by now. */
bool hold_brought(struct request *, struct hold *);
bool hold_own(struct request *, const struct hold *);	/* taken in this browser */
bool hold_here(struct request *, const struct hold *);	/* taken in it or brought to it, as it is or as what took its place */
/* If that hold was brought here, so is what took its place. */
void hold_bring_on(struct request *, struct response *, const struct hold *was, int64_t hold);

struct span hold_path(struct request *, const struct hold *);	/* "/holds/{token}" */

/* 303 to the hold's page, which says how the hold stands now, ended or paid as well. Query: "" or "?swapped=1". */
int hold_again(struct request *, struct response *, const struct hold *, const char *query);

/* 303 to the booking that a hold became. Query as above. */
int booking_of_hold_go(struct request *, struct response *, int64_t show, int64_t hold, const char *query);

#endif
