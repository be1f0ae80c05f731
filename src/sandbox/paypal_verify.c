/* paypal_verify.c - the call that has PayPal check a webhook's signature, over the raw bytes of the event; and the certificates. */
#include "base/base.h"

#include "sandbox/paypal.h"
#include "sandbox/paypal_pki.h"

#define EVENT "webhook_event"

/* Behind the string that begins at i; the text is JSON that was read before. */
static size_t
string_end(struct span text, size_t i)
{
	for (i++; i < text.n && text.p[i] != '"'; i++)
		if (text.p[i] == '\\')
			i++;
	return i + 1;
}

/* Behind the object that begins at i. */
static size_t
object_end(struct span text, size_t i)
{
	int depth = 0;

	while (i < text.n) {
		char c = text.p[i];

		if (c == '"') {
			i = string_end(text, i);
			continue;
		}
		depth += (c == '{' || c == '[') - (c == '}' || c == ']');
		i++;
		if (depth == 0)
			break;
	}
	return i;
}

/* The bytes of the event as they stand in the body; empty if it has none. What is written anew from its JSON would not do. */
static struct span
event_bytes(struct span body)
{
	size_t i = 0, from;

	while (i < body.n && body.p[i] != '{')
		i++;
	for (i++; i < body.n; i++) {
		if (body.p[i] == '{' || body.p[i] == '[') {
			i = object_end(body, i) - 1;
		} else if (body.p[i] == '"') {
			from = i;
			i = string_end(body, i);
			if (i - from != sizeof("\"" EVENT "\"") - 1 || memcmp(body.p + from, "\"" EVENT "\"", i - from) != 0) {
				i--;
				continue;
			}
			while (i < body.n && body.p[i] != '{')
				i++;
			return (struct span){ body.p + i, object_end(body, i) - i };
		}
	}
	return SPAN_NONE;
}

json_t *
play_paypal_verify(struct call *c)
{
	static const struct shape_rule rules[] = {
		{ "auth_algo", SHAPE_TEXT, 1, 100, NULL, true },
		{ "cert_url", SHAPE_URL, 1, 500, NULL, true },
		{ "transmission_id", SHAPE_TEXT, 1, 50, NULL, true },
		{ "transmission_sig", SHAPE_TEXT, 1, 500, NULL, true },
		{ "transmission_time", SHAPE_TEXT, 1, 100, NULL, true },
		{ "webhook_id", SHAPE_TEXT, 1, 50, NULL, true },
		{ EVENT, SHAPE_OBJECT, 0, 0, NULL, true },
	};
	struct span certificate, message, webhook = json_span(c->body, "webhook_id");
	bool good;

	if (!play_paypal_shape(c, rules, ARRAY_LEN(rules)))
		return NULL;
	certificate = arena_fmt(c->arena, "%s" PAYPAL_CERTIFICATES "%s", c->sb->options->public_url, play_pki_id(c->sb->pki));
	message = play_paypal_message(c->arena, json_span(c->body, "transmission_id"), json_span(c->body, "transmission_time"), webhook,
	    event_bytes(c->v->body));
	good = json_says(c->body, "auth_algo", "SHA256withRSA") && span_eq(json_span(c->body, "cert_url"), certificate) &&
	    span_eq(webhook, c->sb->options->paypal_webhook_id) &&
	    play_pki_verify(c->sb->pki, c->arena, message, json_span(c->body, "transmission_sig"));
	return json_pack("{s:s}", "verification_status", good ? "SUCCESS" : "FAILURE");
}

json_t *
play_paypal_certificate(struct call *c)
{
	if (!span_is(c->id, play_pki_id(c->sb->pki)))
		return play_paypal_no_such_id(c);
	visit_answer_text(c->v, 200, play_pki_chain(c->sb->pki));
	return NULL;
}
