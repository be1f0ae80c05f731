/* sms.c - see sms.h. */
#include "base/base.h"

#include <curl/curl.h>

#include "base/fault.h"
#include "domain/phones.h"
#include "domain/reach_sent.h"
#include "relay/brief.h"
#include "relay/sms.h"
#include "relay/sms_text.h"
#include "views/sms_confirmed.h"
#include "views/sms_ending.h"

#define REFUSALS 3
#define PAUSE_MS 5000
#define CONNECT_TIMEOUT_MS 5000L
#define TEXT_MAX (4 * KiB)
#define ANSWER_MAX (16 * KiB)

struct sms {
	struct briefs briefs;
	CURL *curl;			/* kept, and with it the connection */
};

/* -- the words ----------------------------------------------------------------------------------------------------------------- */

static struct span
words(struct sms *m, struct arena *a, const struct brief *b, struct span title)
{
	const struct settings *s = m->briefs.settings;
	struct buf text;

	buf_init(&text, a, TEXT_MAX);
	if (b->confirmed)
		sms_confirmed_text(&text, &(struct sms_confirmed_view){ .house = span_of(s->house_name), .event = title, .when = b->at.starts,
			.seat_names = b->seat_names, .tickets_n = b->seats_n,
			.link = arena_fmt(a, "%s" PRSPAN, s->base_url, ARGSPAN(b->path)) });
	else
		sms_ending_text(&text, &(struct sms_ending_view){ .house = span_of(s->house_name), .event = title,
			.until = { b->until_ms, b->at.starts.zone }, .city = b->at.city_name, .seat_names = b->seat_names, .seats_n = b->seats_n });
	return sms_plain(a, buf_view(&text));
}

/* In one message where that can be: a long title is cut, for it is what is known best. */
static struct span
fitting(struct sms *m, struct arena *a, const struct brief *b)
{
	struct span title = sms_plain(a, b->at.event.title), text = words(m, a, b, title), shorter = sms_shorter(a, title, sms_septets(text));

	return span_eq(shorter, title) ? text : words(m, a, b, shorter);
}

/* -- the gateway --------------------------------------------------------------------------------------------------------------- */

static size_t
keep(char *bytes, size_t size, size_t n, void *context)
{
	struct buf *b = context;

	if (b->n + size * n <= ANSWER_MAX)
		buf_bytes(b, bytes, size * n);
	return size * n;
}

static void
field(struct buf *b, CURL *h, const char *name, struct span value)
{
	char *escaped = curl_easy_escape(h, value.p, (int)value.n);

	if (!escaped)
		die("out of memory");
	buf_fmt(b, "%s%s=%s", b->n ? "&" : "", name, escaped);
	curl_free(escaped);
}

static struct span
form(struct sms *m, struct arena *a, struct span to, struct span text)
{
	struct span from = span_of(m->briefs.settings->sms_from);
	struct buf b;

	buf_init(&b, a, 4 * TEXT_MAX);
	field(&b, m->curl, "To", to);
	field(&b, m->curl, span_starts(from, "MG") ? "MessagingServiceSid" : "From", from);
	field(&b, m->curl, "Body", text);
	return buf_view(&b);
}

/* Twilio's own number for what is wrong: {"code": 21211, …}; 0: none. */
static int64_t
code_of(struct span body)
{
	const char *at = memmem(body.p, body.n, "\"code\"", 6);
	struct span rest;
	int64_t code = 0;
	size_t n = 0;

	if (!at)
		return 0;
	rest = (struct span){ at + 6, body.n - (size_t)(at + 6 - body.p) };
	while (rest.n && (*rest.p == ' ' || *rest.p == ':'))
		rest = (struct span){ rest.p + 1, rest.n - 1 };
	while (n < rest.n && n < 9 && rest.p[n] >= '0' && rest.p[n] <= '9')
		n++;
	return span_int((struct span){ rest.p, n }, 0, 999999999, &code) ? code : 0;
}

/*
 * Whose no it was. What is wrong with our own account or sender (these codes, and 401, 403, 404) would be so for every message, and so
 * it is the gateway that is down, until an operator has put it right. 21610: whoever has that number wants no texts of ours.
 */
enum sink_answer
sms_answer(struct arena *a, long status, struct span body, struct span *why)
{
	static const int64_t ours[] = { 20003, 21212, 21606, 21611, 21659, 21660, 21701, 21703 };
	int64_t code = code_of(body);

	if (status >= 200 && status <= 299)
		return SINK_TAKEN;
	*why = arena_fmt(a, "the gateway says %ld %" PRId64, status, code);
	if (code == 21610)
		return SINK_NEEDLESS;
	if (status < 400 || status > 499 || status == 401 || status == 403 || status == 404 || status == 408 || status == 429)
		return SINK_DOWN;
	for (size_t i = 0; i < ARRAY_LEN(ours); i++)
		if (code == ours[i])
			return SINK_DOWN;
	return SINK_REFUSED;
}

static enum sink_answer
send_text(struct sms *m, struct arena *a, struct span to, struct span text, struct span *why)
{
	const struct settings *s = m->briefs.settings;
	struct span fields = form(m, a, to, text);
	CURL *h = m->curl;
	struct buf answer;
	unsigned bad = 0;
	long status = 0;
	curl_off_t heard_us = 0;
	CURLcode rc;

	buf_init(&answer, a, ANSWER_MAX + 1);
	curl_easy_reset(h);
	bad |= curl_easy_setopt(h, CURLOPT_URL, arena_fmt(a, "%s/2010-04-01/Accounts/%s/Messages.json", s->sms_url, s->sms_user).p);
	bad |= curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https");
	bad |= curl_easy_setopt(h, CURLOPT_USERNAME, s->sms_user);
	bad |= curl_easy_setopt(h, CURLOPT_PASSWORD, CSTR(a, s->sms_password.hidden));
	bad |= curl_easy_setopt(h, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
	bad |= curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	bad |= curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
	bad |= curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, SMS_SECONDS * 1000L);
	bad |= curl_easy_setopt(h, CURLOPT_POSTFIELDS, fields.p);
	bad |= curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)fields.n);
	bad |= curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, keep);
	bad |= curl_easy_setopt(h, CURLOPT_WRITEDATA, &answer);
	rc = bad ? CURLE_BAD_FUNCTION_ARGUMENT : curl_easy_perform(h);
	if (rc != CURLE_OK || FAULT("sms.sent")) {
		*why = arena_fmt(a, "the gateway: %s", curl_easy_strerror(rc));
		/* it heard us, takes its time, and may send that one: not at once again */
		curl_easy_getinfo(h, CURLINFO_PRETRANSFER_TIME_T, &heard_us);
		return rc == CURLE_OPERATION_TIMEDOUT && heard_us > 0 ? SINK_LATER : SINK_DOWN;
	}
	curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
	return sms_answer(a, status, buf_view(&answer), why);
}

/* -- the sink ------------------------------------------------------------------------------------------------------------------ */

/* NULL, or why there is no text: none is worth being a nuisance, or paying for what somebody else types. Of tickets one is told always. */
static const char *
unwanted(struct sms *m, const struct reach *r, const struct brief *b, struct span phone)
{
	const struct settings *s = m->briefs.settings;
	struct db *db = m->briefs.db;

	if (!phone_of_countries(s->sms_countries, phone))
		return "no texts go to that country";
	if (b->confirmed)
		return NULL;
	if (reach_told(db, r))
		return "its buyer was told once that it is near its end";
	if (reach_lately(db, r) >= SMS_NUMBER_DAY)
		return "that number had enough texts since yesterday";
	return reach_all_lately(db, r) >= s->sms_day_limit ? "the house has sent enough warnings since yesterday (sms_day_limit)" : NULL;
}

static enum sink_answer
tell(struct sms *m, struct arena *a, const struct delivery *d, struct span *why)
{
	struct brief b;
	struct span phone;
	struct reach reach;
	const char *no;
	enum sink_answer answer = brief_read(&m->briefs, a, d, &b, why);

	if (answer != SINK_TAKEN)
		return answer;
	if (phone_read(m->briefs.db, b.show, b.buyer, &phone) != OUTCOME_OK) {
		*why = SPAN("the number cannot be read");
		return SINK_LATER;
	}
	if (!phone.n) {
		*why = SPAN("nobody asked for a text");
		return SINK_NEEDLESS;
	}
	reach = (struct reach){ REACH_TEXT, d->show, d->event, d->subject, d->type, reach_place(&m->briefs.token_key, phone) };
	no = unwanted(m, &reach, &b, phone);
	if (no) {
		*why = span_of(no);
		return SINK_NEEDLESS;
	}
	answer = brief_show(&m->briefs, a, &b, why);
	if (answer != SINK_TAKEN)
		return answer;
	if (FAULT("sms.sending")) {
		*why = SPAN("the test says so");
		return SINK_DOWN;
	}
	answer = send_text(m, a, phone, fitting(m, a, &b), why);
	if (answer == SINK_TAKEN)
		reach_note(m->briefs.db, &reach);
	return answer;
}

static struct sink_report
deliver(struct sink *sink, struct arena *a, const struct delivery *list, size_t n)
{
	struct sink_report report = { .why = SPAN_NONE };

	while (report.taken < n && (report.answer = tell(sink->own, a, &list[report.taken], &report.why)) == SINK_TAKEN)
		report.taken++;
	return report;
}

int
sms_start(struct sink *sink, struct arena *a, const struct settings *s, struct db *db)
{
	struct sms *m;

	if (!*s->sms_url)
		return 0;
	m = ARENA_NEW(a, struct sms);
	if (!briefs_open(&m->briefs, s, db))
		return -1;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || !(m->curl = curl_easy_init()))
		die("libcurl does not start");
	*sink = (struct sink){ .name = "sms", .types = brief_types, .n_types = n_brief_types, .most = 1, .order = SINK_BY_SUBJECT,
		.refusals = REFUSALS, .pause_ms = PAUSE_MS, .deliver = deliver, .own = m };
	return 1;
}
