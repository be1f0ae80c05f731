/* mail.c - see mail.h. */
#include "base/base.h"

#include "domain/email.h"
#include "relay/letters.h"
#include "relay/mail.h"
#include "relay/message.h"
#include "relay/post.h"

bool
mail_start(struct mail *m, const struct settings *s, struct db *db, struct arena *a)
{
	*m = (struct mail){ .settings = s, .db = db, .arena = a };
	if (!s->mail_folder[0] && !s->mail_url[0])
		log_error("mail.start", "error=\"neither mail_folder nor mail_url is set\"");
	else if (!email_plausible(span_of(s->mail_from)))
		log_error("mail.start", "error=\"mail_from is no address\"");
	else if (!key_from_text(s->token_key.hidden, &m->token_key))
		log_error("mail.start", "error=\"token_key is no key\"");
	else
		return true;
	return false;
}

void
mail_find(struct mail *m, int64_t seconds)
{
	deliveries_find(m->db, SINK_MAIL, letter_types, n_letter_types, seconds);
}

size_t
mail_due(struct mail *m, size_t most, struct delivery **list)
{
	return deliveries_due(m->db, m->arena, SINK_MAIL, most, list);
}

/* "https://tickets.example.org:8443" -> "tickets.example.org", the right side of a Message-ID */
static struct span
host_of(const char *base_url)
{
	const char *slashes = strstr(base_url, "//");
	struct span host = span_of(slashes ? slashes + 2 : base_url);

	host = span_cut(&host, '/');
	return span_cut(&host, ':');
}

static bool
send_letter(struct mail *m, const struct delivery *d, const struct letter *letter, struct span *why, bool *never)
{
	const struct settings *s = m->settings;
	struct span name = arena_fmt(m->arena, "%" PRId64 "-%" PRId64, d->show, d->event);
	struct message message = { .house = span_of(s->house_name), .from = span_of(s->mail_from), .to = letter->to,
		.reply_to = span_of(s->house_email), .text = letter->text, .at_ms = d->at_ms,
		.id = arena_fmt(m->arena, PRSPAN "@" PRSPAN, ARGSPAN(name), ARGSPAN(host_of(s->base_url))) };
	struct parcel parcel = { .name = name, .from = message.from, .to = message.to };
	struct buf b;

	buf_init(&b, m->arena, MESSAGE_MAX);
	*never = !message_print(&b, &message);
	if (*never) {
		*why = SPAN("no address that mail can go to, or too long");
		return false;
	}
	parcel.message = buf_view(&b);
	return s->mail_folder[0] ? post_to_folder(m->arena, s->mail_folder, &parcel, why) : post_by_smtp(m->arena, s->mail_url, &parcel, why);
}

bool
mail_deliver(struct mail *m, const struct delivery *d)
{
	struct letter letter;
	struct span why = SPAN_NONE;
	bool never = false;
	enum letter_end end;

	if (!delivery_claim(m->db, SINK_MAIL, d))
		return db_failed(m->db) == DB_FINE;
	end = letter_write(m, d, &letter, &why);
	if (end == LETTER_WRITTEN && send_letter(m, d, &letter, &why, &never)) {
		delivery_sent(m->db, SINK_MAIL, d);
		return true;
	}
	delivery_failed(m->db, SINK_MAIL, d, why, never || end == LETTER_NONE);
	return end != LETTER_WRITTEN || never;
}
