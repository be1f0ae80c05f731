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

static const char *
brought_name(const struct app *app)
{
	return settings_https(app->settings) ? "__Host-foyer-hold" : "foyer-hold";
}

static void
set_cookie(struct response *rs, const char *name, struct span value)
{
	response_header(rs, "Set-Cookie", arena_fmt(rs->rq->arena, "%s=" PRSPAN "; Path=/; Max-Age=%d; HttpOnly; SameSite=Lax%s",
	    name, ARGSPAN(value), LASTS_SECONDS, settings_https(rs->rq->app->settings) ? "; Secure" : ""));
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

	set_cookie(rs, cookie_name(app), span_of(text.text));
}

bool
session_brought(struct request *rq, struct token *t)
{
	return token_read(&rq->app->token_key, TOKEN_LINK, cookie_value(rq, brought_name(rq->app)), t);
}

void
session_bring(struct response *rs, struct span link_token)
{
	set_cookie(rs, brought_name(rs->rq->app), link_token);
}
