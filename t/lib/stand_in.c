/* stand_in.c - see stand_in.h. */
#include "stand_in.h"

#include <setjmp.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "sandbox/paypal_pki.h"

static struct span
header_of(struct request *rq, const char *name)
{
	for (const char *const *h = rq->transport; h && *h; h += 2)
		if (strcmp(*h, name) == 0)
			return span_of(h[1]);
	return SPAN_NONE;
}

/* Keys take long to make: all tests of a program have the same. */
static void
begin(struct stand_in *s)
{
	static json_t *pki;
	struct store *store = &s->sandbox.store;

	s->sandbox = (struct sandbox){ .options = &s->options, .requests = json_array(), .forged = json_array() };
	store_open(store, s->state_file);
	if (pki && !store_get(store, "pki", SPAN("paypal")))
		store_put(store, "pki", "paypal", json_deep_copy(pki));
	s->sandbox.pki = play_pki_open(store, NULL);
	if (!pki)
		pki = json_deep_copy(store_get(store, "pki", SPAN("paypal")));
}

static void
end(struct stand_in *s)
{
	play_pki_free(s->sandbox.pki);
	store_close(&s->sandbox.store);
	json_decref(s->sandbox.requests);
	json_decref(s->sandbox.forged);
}

int
stand_in_open(void **state)
{
	struct arena *a = arena_new(64 * MiB);
	struct stand_in *s = ARENA_NEW(a, struct stand_in);

	s->arena = a;
	s->kept = json_array();
	s->options = (struct sandbox_options){ .public_url = STAND_IN_URL, .key = { SPAN(STRIPE_KEY) }, .webhook_secret = { SPAN("whsec_test") },
		.razorpay_id = SPAN(RAZORPAY_ID), .razorpay_secret = { SPAN(RAZORPAY_SECRET) },
		.razorpay_webhook_secret = { SPAN(RAZORPAY_WEBHOOK) }, .paypal_id = SPAN(PAYPAL_ID), .paypal_secret = { SPAN(PAYPAL_SECRET) },
		.paypal_webhook_id = SPAN(PAYPAL_WEBHOOK) };
	begin(s);
	*state = s;
	return 0;
}

int
stand_in_close(void **state)
{
	struct stand_in *s = *state;

	end(s);
	json_decref(s->kept);
	if (s->state_file)
		unlink(s->state_file);
	arena_free(s->arena);
	return 0;
}

void
stand_in_keep(struct stand_in *s)
{
	s->state_file = arena_fmt(s->arena, "/tmp/foyer-stand-in-%d-%08x", (int)getpid(), random_below(UINT32_MAX)).p;
	s->sandbox.store.file = s->state_file;
	s->sandbox.store.changed = true;
}

void
stand_in_restart(struct stand_in *s)
{
	assert_non_null(s->state_file);
	end(s);
	begin(s);
}

struct heard
stand_in_ask(struct stand_in *s, const char *what, const char *body, const char *const *headers)
{
	struct visit *v = ARENA_NEW(s->arena, struct visit);
	struct span path = span_of(what), method = span_cut(&path, ' '), query = path;
	struct heard h = { 0 };
	json_t *json;

	path = span_cut(&query, '?');
	v->arena = s->arena;
	v->method = span_is(method, "POST") ? VISIT_POST : span_is(method, "GET") ? VISIT_GET : VISIT_OTHER;
	v->path = path;
	v->query = query;
	v->body = span_of(body);
	v->key = SPAN_NONE;
	v->scope = (struct scope){ NULL, SPAN_NONE, SPAN_NONE };
	v->id = SPAN("req_test");
	v->wire.header = header_of;
	v->wire.transport = (void *)headers;
	buf_init(&v->headers, s->arena, 16 * KiB);
	buf_init(&v->out, s->arena, 4 * MiB);
	sandbox_serve(&s->sandbox, v);
	h = (struct heard){ .status = v->drop ? 0 : v->status, .head = v->headers.p, .text = v->out.p, .due = v->due, .visit = v };
	json = json_loadb(v->out.p, v->out.n, 0, NULL);
	if (json)
		json_array_append_new(s->kept, json);
	h.json = json;
	return h;
}

static const char *
basic(struct stand_in *s, const char *both)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t n = strlen(both);
	struct buf b;

	buf_init(&b, s->arena, 4 * KiB);
	buf_text(&b, "Basic ");
	for (size_t i = 0; i < n; i += 3) {
		unsigned v = (unsigned)(unsigned char)both[i] << 16 | (i + 1 < n ? (unsigned)(unsigned char)both[i + 1] << 8 : 0) |
		    (i + 2 < n ? (unsigned)(unsigned char)both[i + 2] : 0);

		buf_byte(&b, letters[v >> 18]);
		buf_byte(&b, letters[v >> 12 & 63]);
		buf_byte(&b, i + 1 < n ? letters[v >> 6 & 63] : '=');
		buf_byte(&b, i + 2 < n ? letters[v & 63] : '=');
	}
	return b.p;
}

static const char *
bearer(struct stand_in *s)
{
	const char *headers[] = { "HTTP_AUTHORIZATION", basic(s, PAYPAL_ID ":" PAYPAL_SECRET), NULL };
	struct heard h;

	if (!s->bearer) {
		h = stand_in_ask(s, "POST /paypal/v1/oauth2/token", "grant_type=client_credentials", headers);
		assert_int_equal(h.status, 200);
		s->bearer = heard_says(s, &h, "access_token");
	}
	return s->bearer;
}

struct heard
stand_in_call(struct stand_in *s, const char *what, const char *body, const char *key)
{
	bool razorpay = strstr(what, " /razorpay/") != NULL, paypal = strstr(what, " /paypal/") != NULL;
	const char *headers[] = { "HTTP_AUTHORIZATION", NULL, "CONTENT_TYPE", razorpay || paypal ? "application/json" :
	    "application/x-www-form-urlencoded", "HTTP_PREFER", "return=representation", NULL, NULL, NULL };

	headers[1] = razorpay ? basic(s, RAZORPAY_ID ":" RAZORPAY_SECRET) : paypal ? arena_fmt(s->arena, "Bearer %s", bearer(s)).p :
	    "Bearer " STRIPE_KEY;
	headers[6] = key ? razorpay ? "HTTP_X_REFUND_IDEMPOTENCY" : paypal ? "HTTP_PAYPAL_REQUEST_ID" : "HTTP_IDEMPOTENCY_KEY" : NULL;
	headers[7] = key;
	return stand_in_ask(s, what, body, headers);
}

void
stand_in_order(struct stand_in *s, const char *form)
{
	struct heard h = stand_in_call(s, "POST /control", form, NULL);

	if (h.status != 200)
		fail_msg("%s: %d %s", form, h.status, h.text);
}

const char *
heard_says(struct stand_in *s, const struct heard *h, const char *path)
{
	struct span rest = span_of(path);
	const json_t *at = h->json;
	int64_t index;

	while (rest.n && at) {
		struct span part = span_cut(&rest, '.');

		at = json_is_array(at) && span_int(part, 0, 1000, &index) ? json_array_get(at, (size_t)index) :
		    json_object_getn(at, part.p, part.n);
	}
	if (json_is_string(at))
		return json_string_value(at);
	if (json_is_integer(at))
		return arena_fmt(s->arena, "%" JSON_INTEGER_FORMAT, json_integer_value(at)).p;
	return json_is_true(at) ? "true" : json_is_false(at) ? "false" : "";
}

const char *
stand_in_told(struct stand_in *s)
{
	json_t *record;
	const char *id;
	struct buf b;

	buf_init(&b, s->arena, 16 * KiB);
	json_object_foreach(store_all(&s->sandbox.store, "events"), id, record)
		buf_fmt(&b, "%s" PRSPAN, b.n ? " " : "", ARGSPAN(json_span(record, "type")));
	return b.p;
}

const char *
stripe_session_form(struct stand_in *s, const char *reference)
{
	return arena_fmt(s->arena, "mode=payment&client_reference_id=%s&success_url=http://shop.example/back?s={CHECKOUT_SESSION_ID}"
	    "&cancel_url=http://shop.example/no&expires_at=%" PRId64 "&line_items[0][quantity]=2&line_items[0][price_data][currency]=gbp"
	    "&line_items[0][price_data][unit_amount]=1550&line_items[0][price_data][product_data][name]=C7&metadata[ref]=%s"
	    "&customer_email=ann@example.org", reference, clock_now() / 1000 + 1900, reference).p;
}

const char *
razorpay_link_json(struct stand_in *s, const char *reference)
{
	return arena_fmt(s->arena, "{\"amount\":3100,\"currency\":\"GBP\",\"reference_id\":\"%s\",\"description\":\"Two seats\","
	    "\"customer\":{\"name\":\"Ann\",\"email\":\"ann@example.org\"},\"notify\":{\"sms\":false,\"email\":false},"
	    "\"reminder_enable\":false,\"notes\":{\"ref\":\"%s\"},\"expire_by\":%" PRId64 ",\"callback_url\":\"http://shop.example/back?a=1\","
	    "\"callback_method\":\"get\",\"accept_partial\":false}", reference, reference, clock_now() / 1000 + 1000).p;
}

const char *
paypal_order_json(struct stand_in *s, const char *reference)
{
	return arena_fmt(s->arena, "{\"intent\":\"CAPTURE\",\"purchase_units\":[{\"reference_id\":\"%s\",\"custom_id\":\"%s\","
	    "\"invoice_id\":\"%s\",\"description\":\"Two seats\",\"amount\":{\"currency_code\":\"GBP\",\"value\":\"31.00\"}}],"
	    "\"payment_source\":{\"paypal\":{\"email_address\":\"ann@example.org\",\"experience_context\":{"
	    "\"return_url\":\"http://shop.example/back\",\"cancel_url\":\"http://shop.example/no\",\"user_action\":\"PAY_NOW\","
	    "\"shipping_preference\":\"NO_SHIPPING\"}}}}", reference, reference, reference).p;
}

const char *
stand_in_opens(struct stand_in *s, const struct provider *p, const char *reference)
{
	struct heard h;

	if (p == &play_stripe)
		h = stand_in_call(s, "POST /v1/checkout/sessions", stripe_session_form(s, reference), NULL);
	else if (p == &play_razorpay)
		h = stand_in_call(s, "POST /razorpay/v1/payment_links", razorpay_link_json(s, reference), NULL);
	else
		h = stand_in_call(s, "POST /paypal/v2/checkout/orders", paypal_order_json(s, reference), arena_fmt(s->arena, "o-%s", reference).p);
	if (h.status != 200 && h.status != 201)
		fail_msg("%s: %d %s", p->name, h.status, h.text);
	return heard_says(s, &h, "id");
}
