/*
 * find.c - "Find my tickets": by reference and e-mail. The page never tells whether a booking exists: right and wrong get the same
 * words after the same time, and the link goes to the address that it was bought with.
 */
#include "base/base.h"

#include "domain/bookings.h"
#include "domain/email.h"
#include "pages/answers.h"
#include "pages/app.h"
#include "pages/routes.h"
#include "pages/words.h"
#include "views/find.h"

#define REFERENCE_TYPED_MAX 40	/* nine letters, however they are grouped */
#define ANSWER_MS 120		/* above what looking and writing take */

int
find_get(struct request *rq, struct response *rs)
{
	struct find_view v = { .page = top_of_none(), .email = SPAN_NONE, .reference = SPAN_NONE };

	(void)rq;
	find_html(&rs->body, &v);
	return 200;
}

static void
wait_until(int64_t steady_ms)
{
	int64_t left = steady_ms - clock_steady();

	if (left > 0)
		nanosleep(&(struct timespec){ .tv_nsec = left * 1000000 }, NULL);
}

static enum outcome
look(struct request *rq, struct span reference, struct span email)
{
	struct booking b;
	enum outcome o = booking_find(rq->app->db, rq->arena, reference, email, &b);

	if (o == OUTCOME_NOT_FOUND || (o == OUTCOME_OK && b.state == BOOKING_IS_FAILED))
		return OUTCOME_OK;
	return o == OUTCOME_OK ? booking_link_wanted(rq->app->db, rq->arena, &b) : o;
}

int
find_post(struct request *rq, struct response *rs)
{
	struct find_view v = { .page = top_of_none(), .email = span_trim(form_value(rq, "email")),
		.reference = span_trim(form_value(rq, "reference")) };
	int64_t begun = clock_steady(), show, ref;
	struct span email, reference;
	enum outcome o;

	/* The check letter tells a slip of the finger from a reference; it says nothing about which references exist. */
	v.reference_wrong = !form_line(rq, "reference", 1, REFERENCE_TYPED_MAX, &reference) || !reference_read(reference, &show, &ref);
	v.email_wrong = !form_line(rq, "email", 1, EMAIL_MAX, &email) || !email_plausible(email);
	if (!v.reference_wrong && !v.email_wrong) {
		o = look(rq, reference, email);
		wait_until(begun + ANSWER_MS);
		if (o != OUTCOME_OK)
			return answer(rs, o);
		v.sent = true;
	}
	find_html(&rs->body, &v);
	return v.sent ? 200 : 422;
}
