/*
 * session.h - which browser is asking. The buyer's id stands in a signed cookie and nowhere else: no row is written for a visitor.
 * Set only in the answer to a hold that succeeded; whoever has no seats has no cookie.
 *
 * A second cookie names one hold that was brought here from another browser, by the link in a letter. It opens that hold and what comes of
 * it, and nothing else of its buyer's: the letter may have gone to somebody else's address by a slip of the finger.
 */
#ifndef FOYER_PAGES_SESSION_H
#define FOYER_PAGES_SESSION_H

#include "base/crypto.h"
#include "http/http.h"

int64_t session_buyer(struct request *);		/* 0: none that is ours */
void session_keep(struct response *, int64_t buyer);	/* sets the cookie, or makes it last longer */

bool session_brought(struct request *, struct token *);	/* the token of the link that was followed; whether it is good still, the hold knows */
void session_bring(struct response *, struct span link_token);

#endif
