/* mail.c - see mail.h. */
#include "base/base.h"

#include <unistd.h>

#include "base/fault.h"
#include "domain/email.h"
#include "relay/letters.h"
#include "relay/mail.h"
#include "relay/message.h"

#define REFUSALS 8		/* within an hour and a half */
#define PAUSE_MS 30000

/* What a fault point does that loses an answer. */
static enum sink_answer
lost(struct span *why)
{
	*why = SPAN("the answer was lost");
	return SINK_DOWN;
}

static enum sink_answer
send_letter(struct mail *m, const struct delivery *d, const struct letter *letter, struct span *why)
{
	const struct settings *s = m->settings;
	struct span name = arena_fmt(m->arena, "%" PRId64 "-%" PRId64, d->show, d->event);
	struct message message = { .house = span_of(s->house_name), .from = span_of(s->mail_from), .to = letter->to,
		.reply_to = span_of(s->house_email), .text = letter->text, .html = letter->html, .shown = letter->shown,
		.n_shown = letter->n_shown, .attached = letter->attached, .n_attached = letter->n_attached, .at_ms = d->at_ms,
		.id = arena_fmt(m->arena, PRSPAN "@" PRSPAN, ARGSPAN(name), ARGSPAN(settings_host(s))) };
	struct parcel parcel = { .name = name, .from = message.from, .to = message.to };
	enum sink_answer answer;
	struct buf b;

	buf_init(&b, m->arena, MESSAGE_MAX);
	if (!message_print(&b, &message)) {
		*why = SPAN("no address that mail can go to, or too long");
		return SINK_REFUSED;
	}
	parcel.message = buf_view(&b);
	if (FAULT("mail.written"))
		return lost(why);
	if (s->mail_folder[0])
		answer = post_to_folder(m->arena, s->mail_folder, &parcel, why);
	else
		answer = post_by_smtp(m->arena, &m->server, &parcel, why);
	return FAULT("mail.sent") ? lost(why) : answer;
}

/* Anybody can type anybody's address. */
static enum sink_answer
send_within(struct mail *m, const struct delivery *d, const struct letter *letter, struct span *why)
{
	struct reach reach = letter_reach(m, d, letter->to);
	enum sink_answer answer;

	if (letter->bare && reach_lately(m->db, &reach) >= m->settings->mail_day_limit) {
		*why = SPAN("that address had enough letters without tickets since yesterday (mail_day_limit)");
		return SINK_NEEDLESS;
	}
	answer = send_letter(m, d, letter, why);
	if (letter->bare && answer == SINK_TAKEN)
		reach_note(m->db, &reach);
	return answer;
}

static struct sink_report
deliver(struct sink *sink, struct arena *a, const struct delivery *list, size_t n)
{
	static const enum sink_answer answers[] = { [LETTER_NONE] = SINK_NEEDLESS, [LETTER_LATER] = SINK_LATER, [LETTER_WRONG] = SINK_REFUSED };
	struct mail *m = sink->own;
	struct sink_report report = { .why = SPAN_NONE };

	for (m->arena = a; report.taken < n; report.taken++) {
		struct letter letter;
		enum letter_end end = letter_write(m, &list[report.taken], &letter, &report.why);

		report.answer = end == LETTER_WRITTEN ? send_within(m, &list[report.taken], &letter, &report.why) : answers[end];
		if (report.answer != SINK_TAKEN)
			break;
	}
	return report;
}

/* False, with the reason logged, where the settings make no sense. A password is never said where others can hear it. */
static bool
server_of(struct post_server *server, const struct settings *s)
{
	static const char *const words[] = { [POST_TLS_OFF] = "off", [POST_TLS_TRY] = "try", [POST_TLS_REQUIRE] = "require" };
	bool smtps = span_starts(span_of(s->mail_url), "smtps://");
	size_t tls = 0;

	while (tls < ARRAY_LEN(words) && strcmp(s->mail_tls, words[tls]) != 0)
		tls++;
	*server = (struct post_server){ .url = s->mail_url, .user = s->mail_user, .password = s->mail_password, .tls = (enum post_tls)tls,
		.ca_file = s->mail_ca_file };
	if (tls == ARRAY_LEN(words))
		log_error("mail.start", "error=\"mail_tls is off, try or require\"");
	else if (s->mail_user[0] && tls != POST_TLS_REQUIRE && !smtps)
		log_error("mail.start", "error=\"with mail_user, mail_tls is require or mail_url smtps://, or the password could be heard\"");
	else if (s->mail_url[0] && !smtps && !span_starts(span_of(s->mail_url), "smtp://"))
		log_error("mail.start", "error=\"mail_url begins with smtp:// or smtps://\"");
	else if (s->mail_ca_file[0] && access(s->mail_ca_file, R_OK) != 0)
		log_error("mail.start", "error=\"mail_ca_file cannot be read\"");
	else
		return true;
	return false;
}

static bool
keys_of(struct mail *m, const struct settings *s)
{
	struct key seed;

	if (!key_from_text(s->token_key.hidden, &m->token_key) || !key_from_text(s->ticket_key.hidden, &seed)) {
		log_error("mail.start", "error=\"token_key or ticket_key is no key\"");
		return false;
	}
	signing_key_make(&m->ticket_key, &seed);
	return true;
}

int
mail_start(struct sink *sink, struct arena *a, const struct settings *s, struct db *db)
{
	struct mail *m = ARENA_NEW(a, struct mail);

	*m = (struct mail){ .settings = s, .db = db };
	*sink = (struct sink){ .name = SINK_MAIL, .types = letter_types, .n_types = n_letter_types, .most = 1, .order = SINK_BY_SUBJECT,
		.refusals = REFUSALS, .pause_ms = PAUSE_MS, .deliver = deliver, .own = m };
	if (!s->mail_folder[0] && !s->mail_url[0]) {
		log_warn("mail.start", "words=\"neither mail_folder nor mail_url is set: no mail is sent\"");
		return 0;
	}
	if (!email_plausible(span_of(s->mail_from))) {
		log_error("mail.start", "error=\"mail_from is no address\"");
		return -1;
	}
	return keys_of(m, s) && server_of(&m->server, s) ? 1 : -1;
}
