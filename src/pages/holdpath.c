/* holdpath.c - see holdpath.h. */
#include "base/base.h"

#include "domain/bookings.h"
#include "domain/hold_notices.h"
#include "pages/answers.h"
#include "pages/app.h"
#include "pages/holdpath.h"
#include "pages/session.h"
#include "pages/words.h"

enum outcome
hold_of_link(struct request *rq, const struct token *t, struct hold *h, struct hold_address *address)
{
	struct hold_address first;
	enum outcome o = hold_address_read(rq->app->db, t->show, t->id, &first);

	if (o == OUTCOME_OK)
		o = hold_of_letter(rq->app->db, rq->arena, t->show, t->id, h, address);
	if (o != OUTCOME_OK)
		return o;
	/* what is paid, or being paid, is for the address that was typed with it */
	return first.good && address->good && t->generation == first.generation ? OUTCOME_OK : OUTCOME_NOT_FOUND;
}

bool
hold_brought(struct request *rq, struct hold *h)
{
	struct hold_address address;
	struct token t;

	return session_brought(rq, &t) && hold_of_link(rq, &t, h, &address) == OUTCOME_OK;
}

bool
hold_own(struct request *rq, const struct hold *h)
{
	int64_t buyer = session_buyer(rq);

	return buyer && h->buyer == buyer;
}

bool
hold_here(struct request *rq, const struct hold *h)
{
	struct hold_address address;
	struct hold brought, next;

	if (hold_own(rq, h))
		return true;
	if (!hold_brought(rq, &brought) || brought.show != h->show || brought.buyer != h->buyer)
		return false;
	return brought.id == h->id ||
	    (hold_of_letter(rq->app->db, rq->arena, h->show, h->id, &next, &address) == OUTCOME_OK && next.id == brought.id);
}

void
hold_bring_on(struct request *rq, struct response *rs, const struct hold *was, int64_t hold)
{
	struct hold_address address;

	if (!hold_own(rq, was) && hold_address_read(rq->app->db, was->show, hold, &address) == OUTCOME_OK)
		session_bring(rs, link_token(rq, TOKEN_LINK, was->show, hold, address.generation));
}

int
hold_of_path(struct request *rq, struct response *rs, struct hold *h)
{
	struct token t, link;
	enum outcome o;

	if ((!session_buyer(rq) && !session_brought(rq, &link)) || !token_read(&rq->app->token_key, TOKEN_HOLD, path_value(rq, "token"), &t))
		return 404;
	o = hold_read(rq->app->db, rq->arena, t.show, t.id, 0, h);
	if (o != OUTCOME_OK)
		return answer(rs, o);
	return t.generation == h->generation && hold_here(rq, h) ? 0 : 404;
}

struct span
hold_path(struct request *rq, const struct hold *h)
{
	struct span token = link_token(rq, TOKEN_HOLD, h->show, h->id, h->generation);

	return arena_fmt(rq->arena, "/holds/" PRSPAN, ARGSPAN(token));
}

int
hold_again(struct request *rq, struct response *rs, const struct hold *h, const char *query)
{
	struct span path = hold_path(rq, h);

	return redirect(rs, PRSPAN "%s", ARGSPAN(path), query);
}

int
booking_of_hold_go(struct request *rq, struct response *rs, int64_t show, int64_t hold, const char *query)
{
	struct booking b;
	enum outcome o = booking_of_hold(rq->app->db, rq->arena, show, hold, &b);
	struct span token;

	if (o != OUTCOME_OK)
		return answer(rs, o);
	token = link_token(rq, TOKEN_BOOKING, show, b.id, b.generation);
	return redirect(rs, "/bookings/" PRSPAN "%s", ARGSPAN(token), query);
}
