/* words.h - what several pages fill in alike: minutes left, the top of the page, links with tokens. */
#ifndef FOYER_PAGES_WORDS_H
#define FOYER_PAGES_WORDS_H

#include "base/crypto.h"
#include "domain/catalog.h"
#include "domain/holds.h"
#include "http/http.h"
#include "views/error.h"	/* struct top_fields */

struct top_fields top_of_show(struct arena *, const struct show *);
struct top_fields top_of_none(void);
struct span event_path(struct arena *, const struct show *);


struct span minutes_left(struct arena *, int64_t seconds);	/* 581: "9:41"; 0 where it is less */
static inline int64_t
seconds_until(int64_t end_ms, int64_t now_ms)			/* rounded up, never below 0 */
{
	return end_ms > now_ms ? (end_ms - now_ms + 999) / 1000 : 0;
}

/* The token for a link, in the request's arena; generation 0 for a payment. */
struct span link_token(struct request *, enum token_kind, int64_t show, int64_t id, int generation);

#endif
