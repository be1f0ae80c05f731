/* help.c - GET /help/…: what the house says about itself. */
#include "base/base.h"

#include "pages/app.h"
#include "pages/routes.h"
#include "pages/words.h"
#include "views/help_access.h"
#include "views/help_contact.h"
#include "views/help_privacy.h"
#include "views/help_refunds.h"
#include "views/help_terms.h"

static struct house_fields
house_of(const struct request *rq)
{
	const struct settings *s = rq->app->settings;

	return (struct house_fields){ span_of(s->house_name), span_of(s->house_phone), span_of(s->house_email) };
}

#define HELP_PAGE(name) \
	int \
	help_##name##_get(struct request *rq, struct response *rs) \
	{ \
		struct help_##name##_view v = { .page = top_of_none(), .house = house_of(rq) }; \
		help_##name##_html(&rs->body, &v); \
		return 200; \
	}

HELP_PAGE(access)
HELP_PAGE(contact)
HELP_PAGE(privacy)
HELP_PAGE(refunds)
HELP_PAGE(terms)
