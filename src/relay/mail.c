/* mail.c - see mail.h. */
#include "base/base.h"

#include "domain/email.h"
#include "relay/letters.h"
#include "relay/mail.h"
#include "relay/message.h"
#include "relay/post.h"

#define REFUSALS 8		/* within an hour and a half */
#define PAUSE_MS 30000

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
	struct buf b;

	buf_init(&b, m->arena, MESSAGE_MAX);
	if (!message_print(&b, &message)) {
		*why = SPAN("no address that mail can go to, or too long");
		return SINK_REFUSED;
	}
	parcel.message = buf_view(&b);
	return s->mail_folder[0] ? post_to_folder(m->arena, s->mail_folder, &parcel, why) : post_by_smtp(m->arena, s->mail_url, &parcel, why);
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

		report.answer = end == LETTER_WRITTEN ? send_letter(m, &list[report.taken], &letter, &report.why) : answers[end];
		if (report.answer != SINK_TAKEN)
			break;
	}
	return report;
}

int
mail_start(struct sink *sink, struct arena *a, const struct settings *s, struct db *db)
{
	struct mail *m = ARENA_NEW(a, struct mail);
	struct key seed;

	*m = (struct mail){ .settings = s, .db = db };
	*sink = (struct sink){ .name = "mail", .types = letter_types, .n_types = n_letter_types, .most = 1, .order = SINK_BY_SUBJECT,
		.refusals = REFUSALS, .pause_ms = PAUSE_MS, .deliver = deliver, .own = m };
	if (!s->mail_folder[0] && !s->mail_url[0]) {
		log_warn("mail.start", "words=\"neither mail_folder nor mail_url is set: no mail is sent\"");
		return 0;
	}
	if (!email_plausible(span_of(s->mail_from)))
		log_error("mail.start", "error=\"mail_from is no address\"");
	else if (!key_from_text(s->token_key.hidden, &m->token_key))
		log_error("mail.start", "error=\"token_key is no key\"");
	else if (!key_from_text(s->ticket_key.hidden, &seed))
		log_error("mail.start", "error=\"ticket_key is no key\"");
	else
		return signing_key_make(&m->ticket_key, &seed), 1;
	return -1;
}
