/* session.c - see session.h. */
#include "base/base.h"

#include "pages/app.h"
#include "pages/session.h"

#define LASTS_SECONDS 34560000	/* 400 days, the longest that browsers keep a cookie */

/* The prefix makes browsers insist on Secure, Path=/ and this very host; they accept it over https only. */
static const char *
cookie_name(const struct app *app)
{
	return settings_https(app->settings) ? "__Host-foyer" : "foyer";
}

int64_t
session_buyer(struct request *rq)
{
	struct span text = cookie_value(rq, cookie_name(rq->app));
	struct token t;

	return token_read(&rq->app->token_key, TOKEN_BUYER, text, &t) ? t.id : 0;
}

void
session_keep(struct response *rs, int64_t buyer)
{
	const struct app *app = rs->rq->app;
	struct token_text text = token_print(&app->token_key, (struct token){ .kind = TOKEN_BUYER, .id = buyer });

	response_header(rs, "Set-Cookie", arena_fmt(rs->rq->arena, "%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Lax%s",
	    cookie_name(app), text.text, LASTS_SECONDS, settings_https(app->settings) ? "; Secure" : ""));
}
