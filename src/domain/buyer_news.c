/* buyer_news.c - see buyer_news.h. */
#include "base/base.h"

#include "domain/buyer_news.h"
#include "domain/hold_notices.h"

#define OF_A_SHOW 5
#define END_IS_OLD_MS ((int64_t)86400 * 1000)

STATEMENT(news_shows, DIRECTORY, "i", "SELECT show_id FROM buyer_shows WHERE buyer_id = ? AND at > UTC_TIMESTAMP(3) - INTERVAL 60 DAY "
    "ORDER BY at DESC LIMIT 20");
STATEMENT(news_holds, SHOW, "i", "SELECT hold_id FROM holds FORCE INDEX (by_buyer) WHERE show_id = ? AND buyer_id = ? "
    "AND expires_at BETWEEN UTC_TIMESTAMP(3) - INTERVAL 30 DAY AND UTC_TIMESTAMP(3) "
    "AND state IN ('active', 'released', 'expired') ORDER BY hold_id DESC LIMIT 5");

/* Time ran out: whether there is anything left to say about that. */
static bool
is_news(struct db *db, const struct hold *h)
{
	int64_t next;

	return h->state != HOLD_RELEASED && h->now_ms - h->expires_ms < END_IS_OLD_MS && !hold_followed(db, h->show, h->id, h->buyer, &next);
}

/* False: nothing. */
static bool
judge(struct db *db, enum outcome paying, struct buyer_news *news)
{
	if (paying == OUTCOME_NOT_FOUND) {
		news->is = NEWS_ENDED;
		return is_news(db, &news->hold);
	}
	switch (news->payment.state) {
	case PAYMENT_REFUND_DUE:
		news->is = NEWS_LATE;
		return true;
	case PAYMENT_REFUNDED:
		news->is = NEWS_BACK;
		return true;
	case PAYMENT_FAILED: case PAYMENT_CLOSED:
		news->is = NEWS_FAILED;
		return is_news(db, &news->hold);
	default:		/* it is not known yet: its own page asks */
		return false;
	}
}

static enum outcome
news_of(struct db *db, struct arena *a, int64_t show, int64_t hold, struct buyer_news *news, bool *any)
{
	enum outcome o = hold_read(db, a, show, hold, 0, &news->hold);

	if (o != OUTCOME_OK)
		return o;
	o = payment_of_hold(db, a, show, hold, &news->payment);
	if (o != OUTCOME_OK && o != OUTCOME_NOT_FOUND)
		return o;
	*any = judge(db, o, news);
	return OUTCOME_OK;
}

enum outcome
buyer_news(struct db *db, struct arena *a, int64_t buyer, struct buyer_news **list, size_t *n)
{
	struct rows *shows = db_select(db, &news_shows, buyer);

	*n = 0;
	*list = ARENA_ARRAY(a, struct buyer_news, rows_count(shows) * OF_A_SHOW);
	while (rows_next(shows)) {
		int64_t show = row_int(shows, 0);
		struct rows *rows = db_select(db, &news_holds, show, buyer);

		while (rows_next(rows)) {
			bool any = false;
			enum outcome o = news_of(db, a, show, row_int(rows, 0), &(*list)[*n], &any);

			if (o != OUTCOME_OK)
				return o;
			*n += any;
		}
	}
	return outcome_of_reads(db);
}
