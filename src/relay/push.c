/* push.c - see push.h. */
#include "base/base.h"

#include "base/backoff.h"
#include "base/clock.h"
#include "base/fault.h"
#include "domain/json_text.h"
#include "domain/push_browsers.h"
#include "relay/brief.h"
#include "relay/outside.h"
#include "relay/push.h"
#include "relay/push_seal.h"
#include "views/push_confirmed.h"
#include "views/push_ending.h"

#define REFUSALS 3
#define PAUSE_MS 5000
#define TOKEN_SECONDS 43200		/* half of what RFC 8292 allows */
#define TEXT_MAX (4 * KiB)
#define SERVICES 64			/* push services are few; of two at one place the newer is remembered */
#define REST_MS 2000
#define REST_DOUBLINGS 5
#define CALL_MS 3000			/* one browser after the other is told: a service that hangs holds up all of them */
#define ENOUGH_MS 12000			/* after so long in one delivery the rest of it comes later: SINK_SECONDS */
#define TOPIC_CHARS 32			/* RFC 8030, 5.4 */

struct service {
	char origin[PUSH_ENDPOINT_MAX + 1];
	int64_t until;			/* steady time */
	int64_t tries;
};

struct push {
	struct briefs briefs;
	struct p256_key key;
	struct service services[SERVICES];
};

/* -- who rests ------------------------------------------------------------------------------------------------------------------ */

static struct service *
service_of(struct push *p, struct span origin)
{
	unsigned place = 0;
	struct service *s;

	for (size_t i = 0; i < origin.n; i++)
		place = place * 31 + (unsigned char)origin.p[i];
	s = &p->services[place % SERVICES];
	if (!span_is(origin, s->origin)) {
		*s = (struct service){ .until = 0 };
		memcpy(s->origin, origin.p, origin.n);
	}
	return s;
}

static void
let_rest(struct service *s, int64_t wait_ms)
{
	int64_t rest = backoff_ms(REST_MS, s->tries++, REST_DOUBLINGS);

	s->until = clock_steady() + (wait_ms > rest ? wait_ms : rest);
}

/* -- the message --------------------------------------------------------------------------------------------------------------- */

/* The first line of a text is the title, the rest the body; static/push-worker.js reads it. */
static struct span
message_of(struct arena *a, const struct brief *b, struct span topic)
{
	struct buf text, json;
	struct span rest;

	buf_init(&text, a, TEXT_MAX);
	if (b->confirmed)
		push_confirmed_text(&text, &(struct push_confirmed_view){ .event = b->at.event.title, .when = b->at.starts,
			.seat_names = b->seat_names, .tickets_n = b->seats_n });
	else
		push_ending_text(&text, &(struct push_ending_view){ .event = b->at.event.title, .until = { b->until_ms, b->at.starts.zone },
			.city = b->at.city_name, .seat_names = b->seat_names, .seats_n = b->seats_n });
	rest = buf_view(&text);
	buf_init(&json, a, TEXT_MAX);
	BUF_LIT(&json, "{\"title\":");
	json_text(&json, span_trim(span_cut(&rest, '\n')));
	BUF_LIT(&json, ",\"body\":");
	json_text(&json, span_trim(rest));
	BUF_LIT(&json, ",\"path\":");
	json_text(&json, b->path);
	BUF_LIT(&json, ",\"tag\":");
	json_text(&json, topic);
	buf_byte(&json, '}');
	return buf_view(&json);
}

static bool
sealed(struct arena *a, const struct push_row *row, struct span message, struct buf *body)
{
	struct push_browser browser;
	struct p256_key once;
	unsigned char salt[PUSH_SALT];

	random_bytes(salt, sizeof(salt));
	buf_init(body, a, PUSH_RECORD + 1);
	return base64url_read(row->address.point, browser.point, sizeof(browser.point)) &&
	    base64url_read(row->address.auth, browser.auth, sizeof(browser.auth)) && p256_key_make(&once) &&
	    push_seal(body, &browser, &once, salt, message);
}

static void
post(struct push *p, struct arena *a, const struct brief *b, struct span topic, const struct push_row *row, struct span origin,
    struct span body, struct outside_answer *answer)
{
	const struct settings *s = p->briefs.settings;
	struct buf who;
	struct span headers[] = { SPAN("Content-Type: application/octet-stream"), SPAN("Content-Encoding: aes128gcm"), SPAN("Urgency: high"),
		arena_fmt(a, "TTL: %" PRId64, b->seconds_left), arena_fmt(a, "Topic: " PRSPAN, ARGSPAN(topic)), SPAN_NONE };

	buf_init(&who, a, 4 * KiB);
	BUF_LIT(&who, "Authorization: ");
	if (!push_authorize(&who, &p->key, origin, span_of(s->push_contact), clock_now() / 1000 + TOKEN_SECONDS)) {
		BUG("nothing can be signed");
		*answer = (struct outside_answer){ .status = 0, .why = SPAN("nothing can be signed") };
		return;
	}
	headers[ARRAY_LEN(headers) - 1] = buf_view(&who);
	outside_post(a, s->outside_allow, &(struct outside_letter){ .url = CSTR(a, row->address.endpoint), .headers = headers,
		.n_headers = ARRAY_LEN(headers), .body = body, .total_ms = CALL_MS }, answer);
}

/* -- the sink ------------------------------------------------------------------------------------------------------------------ */

static enum sink_answer
answer_of(struct arena *a, struct service *s, const struct outside_answer *answer, struct span *why)
{
	if (answer->status >= 200 && answer->status <= 299) {
		s->tries = 0;
		return SINK_TAKEN;
	}
	if (answer->status == 404 || answer->status == 410)
		return SINK_NEEDLESS;
	*why = answer->status ? arena_fmt(a, "the push service says %ld", answer->status) : arena_fmt(a, "the push service: " PRSPAN,
	    ARGSPAN(span_upto(answer->why, 150)));
	if (answer->status && answer->status < 500 && answer->status != 408 && answer->status != 429)
		return SINK_REFUSED;
	let_rest(s, answer->wait_ms);
	return SINK_LATER;
}

static enum sink_answer
tell_one(struct push *p, struct arena *a, const struct brief *b, struct span topic, const struct push_row *row, struct span *why)
{
	struct span origin = push_origin(a, row->address.endpoint);
	struct service *s = service_of(p, origin);
	struct outside_answer answer;
	struct buf body;

	if (s->until > clock_steady()) {
		*why = SPAN("the push service is left alone for a while");
		return SINK_LATER;
	}
	if (!sealed(a, row, message_of(a, b, topic), &body)) {
		*why = SPAN("it is too long, or cannot be encrypted for that browser");
		return SINK_REFUSED;
	}
	FAULT_DB(p->briefs.db, "push.sending");
	post(p, a, b, topic, row, origin, buf_view(&body), &answer);
	FAULT_DB(p->briefs.db, "push.sent");
	return answer_of(a, s, &answer, why);
}

static bool
was_told(const struct push_row *row, const struct brief *b, const struct delivery *d)
{
	return row->told_hold == b->hold && row->told >= d->event;
}

/* Of several browsers, the answer for which most is left to do. */
static enum sink_answer
tell_all(struct push *p, struct arena *a, const struct delivery *d, struct brief *b, struct span *why)
{
	struct hex64 hash = sha256_hex(arena_fmt(a, "%" PRId64 "-%" PRId64, b->show, b->hold));
	struct span topic = { hash.text, TOPIC_CHARS };
	int64_t begun = clock_steady();
	enum sink_answer all = SINK_TAKEN;
	struct push_row *rows;
	size_t n = push_list(p->briefs.db, a, b->show, b->buyer, &rows);

	if (!n) {
		*why = SPAN("no browser asked to be told");
		return SINK_NEEDLESS;
	}
	for (size_t i = 0; i < n; i++) {
		enum sink_answer answer = SINK_LATER;

		if (was_told(&rows[i], b, d))
			continue;
		*why = SPAN("there was no time for every browser");
		if (clock_steady() - begun < ENOUGH_MS)
			answer = tell_one(p, a, b, topic, &rows[i], why);
		if (answer == SINK_TAKEN)
			push_told(p->briefs.db, b->show, b->buyer, &rows[i], b->hold, d->event);
		else if (answer == SINK_NEEDLESS)
			push_gone(p->briefs.db, b->show, b->buyer, &rows[i]);
		else
			all = all == SINK_LATER ? SINK_LATER : answer;
		FAULT_DB(p->briefs.db, "push.told");
	}
	return all;
}

static struct sink_report
deliver(struct sink *sink, struct arena *a, const struct delivery *list, size_t n)
{
	struct push *p = sink->own;
	struct sink_report report = { .why = SPAN_NONE };
	struct brief b;

	for (; report.taken < n; report.taken++) {
		const struct delivery *d = &list[report.taken];

		report.answer = brief_read(&p->briefs, a, d, &b, &report.why);
		if (report.answer == SINK_TAKEN)
			report.answer = brief_show(&p->briefs, a, &b, &report.why);
		if (report.answer == SINK_TAKEN)
			report.answer = tell_all(p, a, d, &b, &report.why);
		if (report.answer != SINK_TAKEN)
			break;
	}
	return report;
}

int
push_start(struct sink *sink, struct arena *a, const struct settings *s, struct db *db)
{
	struct push *p;

	if (!s->push_key.hidden.n)
		return 0;
	p = ARENA_NEW(a, struct push);
	if (!briefs_open(&p->briefs, s, db))
		return -1;
	if (!p256_key_read(s->push_key.hidden, &p->key)) {
		log_error("push.start", "error=\"push_key is no key\"");
		return -1;
	}
	*sink = (struct sink){ .name = "push", .types = brief_types, .n_types = n_brief_types, .most = 1, .order = SINK_BY_SUBJECT,
		.refusals = REFUSALS, .pause_ms = PAUSE_MS, .deliver = deliver, .own = p };
	return 1;
}
