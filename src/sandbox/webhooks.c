/* webhooks.c - see webhooks.h. */
#include "base/base.h"

#include <curl/curl.h>

#include "base/clock.h"
#include "sandbox/events.h"
#include "sandbox/sign.h"
#include "sandbox/webhooks.h"

#define AT_ONCE 4
#define ATTEMPT_MS 10000
#define LONGEST_PAUSE_MS 30000
#define GIVE_UP_MS (3600 * 1000)
#define GATHER_MS 1000		/* webhook=reorder */
#define STALE_SECONDS 1000

struct delivery {
	struct arena *arena;		/* holds the delivery itself */
	struct delivery *next;
	json_t *event;			/* what is sent; spoiled ones are copies */
	json_t *record;			/* where attempts are noted; NULL: forged from nothing */
	const char *trick;		/* "" for none */
	int64_t due, begun;
	int attempts;
	/* while an attempt runs */
	CURL *easy;
	struct curl_slist *headers;
	struct arena *texts;
	struct visit *waiting;		/* answered only after the first attempt */
};

struct webhooks {
	struct sandbox *sb;
	CURLM *multi;
	struct delivery *list;
	int running;
};

/* One of those that are being gathered to be sent together, when their order is to be turned round. */
static bool
gathered(const struct delivery *d, int64_t now_ms)
{
	return d && !d->attempts && !d->easy && d->due > now_ms;
}

static struct delivery *
delivery_add(struct webhooks *w, json_t *event, json_t *record, const char *trick)
{
	struct arena *a = arena_new(sizeof(struct delivery) + 64);
	struct delivery *d = ARENA_NEW(a, struct delivery), **at = &w->list;
	const struct orders *os = &w->sb->orders;

	d->arena = a;
	d->event = json_incref(event);
	d->record = json_incref(record);
	d->trick = trick;
	d->begun = clock_now();
	d->due = d->begun + os->webhook_delay;
	if (os->reorder)
		d->due = gathered(*at, d->begun) ? (*at)->due : d->begun + GATHER_MS;	/* and the last comes first */
	else
		while (*at)
			at = &(*at)->next;
	d->next = *at;
	*at = d;
	return d;
}

static void
delivery_free(struct delivery *d)
{
	json_decref(d->event);
	json_decref(d->record);
	arena_free(d->arena);
}

struct webhooks *
webhooks_new(struct sandbox *sb)
{
	struct webhooks *w = calloc(1, sizeof(*w));
	json_t *record;
	const char *id;

	if (!w || curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || !(w->multi = curl_multi_init()))
		die("libcurl does not start");
	w->sb = sb;
	json_object_foreach(store_all(&sb->store, "events"), id, record)
		if (event_wanted(record) && json_number(json_object_get(record, "event"), "created") * 1000 > clock_now() - GIVE_UP_MS)
			delivery_add(w, json_object_get(record, "event"), record, "");
	return w;
}

static void
attempt_end(struct webhooks *w, struct delivery *d)
{
	curl_multi_remove_handle(w->multi, d->easy);
	curl_easy_cleanup(d->easy);
	curl_slist_free_all(d->headers);
	arena_free(d->texts);
	d->easy = NULL;
	d->headers = NULL;
	d->texts = NULL;
	w->running--;
}

void
webhooks_free(struct webhooks *w)
{
	while (w->list) {
		struct delivery *d = w->list;

		w->list = d->next;
		if (d->easy)
			attempt_end(w, d);
		delivery_free(d);
	}
	curl_multi_cleanup(w->multi);
	curl_global_cleanup();
	free(w);
}

/* A copy of the event that tells something else than what happened; it is signed truly. */
static json_t *
spoiled(const json_t *event, const char *trick)
{
	json_t *copy = json_deep_copy(event), *object = json_object_get(json_object_get(copy, "data"), "object");
	const char *amount = json_object_get(object, "amount_total") ? "amount_total" : "amount";

	if (strcmp(trick, "wrong_amount") == 0)
		json_object_set_new(object, amount, json_integer(json_number(object, amount) - 1));
	if (strcmp(trick, "wrong_currency") == 0)
		json_object_set_new(object, "currency", json_string(span_is(json_span(object, "currency"), "usd") ? "eur" : "usd"));
	if (strcmp(trick, "unknown_reference") == 0) {
		json_object_set_new(object, "client_reference_id", json_string("nobody_knows_this"));
		json_object_set_new(object, "metadata", json_object());
		json_object_set_new(object, "id", json_string(provider_id_new("cs_test_a1", 56).text));
	}
	return copy;
}

/* Tricks are played on what decides something: sessions and refunds. */
static bool
decides(const json_t *event)
{
	struct span type = json_span(event, "type");

	return span_starts(type, "checkout.session.") || span_starts(type, "refund.");
}

void
webhooks_add(struct webhooks *w, json_t *record)
{
	struct sandbox *sb = w->sb;
	json_t *event = json_object_get(record, "event");
	struct order o = { .what = "" }, first;
	struct delivery *d;

	if (!decides(event)) {
		delivery_add(w, event, record, "");
		return;
	}
	orders_take(&sb->orders, ORDER_WEBHOOK, NULL, &o);
	event = spoiled(event, o.what);
	d = delivery_add(w, event, record, o.what);
	if (strcmp(o.what, "twice") == 0)
		delivery_add(w, event, record, o.what);
	json_decref(event);
	if (sb->visit && !sb->orders.webhooks_off && orders_take(&sb->orders, ORDER_FIRST, NULL, &first)) {
		d->waiting = sb->visit;
		d->due = 0;
		sb->visit->waits_for++;
	}
}

void
webhooks_forge(struct webhooks *w, json_t *event)
{
	delivery_add(w, event, NULL, "forge")->due = 0;
	json_decref(event);
}

void
webhooks_hurry(struct webhooks *w)
{
	for (struct delivery *d = w->list; d; d = d->next)
		d->due = 0;
}

/* Nobody reads what the merchant answers. */
static size_t
ignore(char *p, size_t size, size_t n, void *unused)
{
	(void)p;
	(void)unused;
	return size * n;
}

static struct span
signature_of(struct webhooks *w, struct delivery *d, struct span body, const char *trick)
{
	struct span secret = w->sb->options->webhook_secret.hidden;
	int64_t now = clock_now() / 1000;

	if (strcmp(trick, "unsigned") == 0)
		return SPAN_NONE;
	if (strcmp(trick, "forge") == 0)
		secret = SPAN("whsec_of_somebody_else");
	return sign_webhook(d->texts, secret, strcmp(trick, "stale") == 0 ? now - STALE_SECONDS : now, body);
}

/* The trick of this attempt: a spoiled signature is for the first only, so that the true event still arrives. */
static const char *
trick_now(const struct delivery *d)
{
	bool signature = strcmp(d->trick, "forge") == 0 || strcmp(d->trick, "stale") == 0 || strcmp(d->trick, "unsigned") == 0;

	return signature && d->attempts ? "" : d->trick;
}

static void
attempt_begin(struct webhooks *w, struct delivery *d)
{
	char *text = json_dumps(d->event, JSON_INDENT(2));
	struct span body, signature;

	d->texts = arena_new(MiB);
	body = arena_copy(d->texts, span_of(text));
	free(text);
	signature = signature_of(w, d, body, trick_now(d));
	d->headers = curl_slist_append(NULL, "Content-Type: application/json; charset=utf-8");
	d->headers = curl_slist_append(d->headers, "Cache-Control: no-cache");
	d->headers = curl_slist_append(d->headers, "Expect:");
	if (signature.n)
		d->headers = curl_slist_append(d->headers, arena_fmt(d->texts, "Stripe-Signature: " PRSPAN, ARGSPAN(signature)).p);
	d->easy = curl_easy_init();
	if (!d->easy || !d->headers)
		die("out of memory: a webhook");
	curl_easy_setopt(d->easy, CURLOPT_URL, w->sb->options->webhook_url);
	curl_easy_setopt(d->easy, CURLOPT_POSTFIELDS, body.p);
	curl_easy_setopt(d->easy, CURLOPT_POSTFIELDSIZE, (long)body.n);
	curl_easy_setopt(d->easy, CURLOPT_HTTPHEADER, d->headers);
	curl_easy_setopt(d->easy, CURLOPT_USERAGENT, "Stripe/1.0 (+https://stripe.com/docs/webhooks)");
	curl_easy_setopt(d->easy, CURLOPT_TIMEOUT_MS, (long)ATTEMPT_MS);
	curl_easy_setopt(d->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(d->easy, CURLOPT_PROXY, "");		/* whatever the environment says */
	curl_easy_setopt(d->easy, CURLOPT_WRITEFUNCTION, ignore);
	curl_easy_setopt(d->easy, CURLOPT_PRIVATE, d);
	curl_multi_add_handle(w->multi, d->easy);
	w->running++;
}

static void
delivery_remove(struct webhooks *w, struct delivery *d)
{
	struct delivery **at = &w->list;

	while (*at != d)
		at = &(*at)->next;
	*at = d->next;
	delivery_free(d);
}

static void
note(struct webhooks *w, struct delivery *d, long status)
{
	const char *trick = trick_now(d);

	log_info("webhook.tried", "event=" PRSPAN " type=" PRSPAN " status=%ld attempt=%d%s%s", ARGSPAN(json_span(d->event, "id")),
	    ARGSPAN(json_span(d->event, "type")), status, d->attempts + 1, *trick ? " trick=" : "", trick);
	if (d->record)
		event_tried(w->sb, d->record, status, trick);
	else
		json_array_append_new(w->sb->forged, json_pack("{s:I, s:i, s:O}", "at", (json_int_t)clock_now(), "status", (int)status,
		    "event", d->event));
	if (d->waiting)
		d->waiting->waits_for--;
	d->waiting = NULL;
}

static void
attempt_done(struct webhooks *w, struct delivery *d, CURLcode code)
{
	int64_t now = clock_now(), pause = 1000;
	long status = 0;

	if (code == CURLE_OK)
		curl_easy_getinfo(d->easy, CURLINFO_RESPONSE_CODE, &status);
	note(w, d, status);
	attempt_end(w, d);
	if ((status >= 200 && status < 300) || !d->record || now - d->begun > GIVE_UP_MS) {
		delivery_remove(w, d);
		return;
	}
	for (int i = 0; i < d->attempts && pause < LONGEST_PAUSE_MS; i++)
		pause *= 2;
	d->attempts++;
	d->due = now + (pause < LONGEST_PAUSE_MS ? pause : LONGEST_PAUSE_MS);
}

int64_t
webhooks_run(struct webhooks *w, int64_t now_ms, int64_t most)
{
	int limit = w->sb->orders.reorder ? 1 : AT_ONCE, left, running;
	CURLMsg *message;

	for (struct delivery *d = w->list; d && !w->sb->orders.webhooks_off; d = d->next) {
		if (d->easy)
			continue;
		if (d->due <= now_ms && w->running < limit)
			attempt_begin(w, d);
		else if (d->due > now_ms && d->due - now_ms < most)
			most = d->due - now_ms;
	}
	curl_multi_perform(w->multi, &running);
	while ((message = curl_multi_info_read(w->multi, &left))) {
		struct delivery *d;
		CURLcode code = message->data.result;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &d);
		attempt_done(w, d, code);
		most = 0;		/* there is room for another now */
	}
	return most;
}

void
webhooks_wait(struct webhooks *w, const int *socks, size_t n, int64_t ms)
{
	struct curl_waitfd fds[4] = { 0 };

	for (size_t i = 0; i < n && i < ARRAY_LEN(fds); i++)
		fds[i] = (struct curl_waitfd){ .fd = socks[i], .events = CURL_WAIT_POLLIN };
	curl_multi_poll(w->multi, fds, (unsigned)n, (int)ms, NULL);
}
