/*
 * session.h - which browser is asking. The buyer's id stands in a signed cookie and nowhere else: no row is written for a visitor.
 * Set only in the answer to a hold that succeeded; whoever has no seats has no cookie.
 */
#ifndef FOYER_PAGES_SESSION_H
#define FOYER_PAGES_SESSION_H

#include "http/http.h"

int64_t session_buyer(struct request *);		/* 0: none that is ours */
void session_keep(struct response *, int64_t buyer);	/* sets the cookie, or makes it last longer */

#endif
