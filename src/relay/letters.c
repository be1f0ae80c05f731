/* letters.c - see letters.h: which letter an event makes, and what all writers share. */
#include "base/base.h"

#include "relay/letters.h"

#define L(type, writer) #type,
const char *const letter_types[] = {
#include "relay/letters.def"
};
#undef L
const size_t n_letter_types = ARRAY_LEN(letter_types);

#define L(type, writer) writer,
static letter_writer *const writers[] = {
#include "relay/letters.def"
};
#undef L

enum letter_end
letter_write(struct mail *m, const struct delivery *d, struct letter *letter, struct span *why)
{
	*letter = (struct letter){ .n_shown = 0 };
	for (size_t i = 0; i < ARRAY_LEN(writers); i++)
		if (span_is(d->type, letter_types[i]))
			return writers[i](m, d, letter, why);
	return letter_none(why, SPAN("no letter is written for such an event"));
}

enum letter_end
letter_printed(struct letter *letter, struct span to, const struct buf *text, const struct html *html)
{
	bool whole = !text->failed && !html->buf.failed;

	letter->to = to;
	letter->text = whole ? buf_view(text) : SPAN_NONE;	/* and without a subject it is refused */
	letter->html = whole ? buf_view(&html->buf) : SPAN_NONE;
	return LETTER_WRITTEN;
}

enum letter_end
letter_none(struct span *why, struct span words)
{
	*why = words;
	return LETTER_NONE;
}

enum letter_end
letter_later(struct mail *m, enum outcome o, const char *what, struct span *why)
{
	*why = arena_fmt(m->arena, "%s: %s", what, outcome_name(o));
	return o == OUTCOME_NOT_FOUND ? LETTER_WRONG : LETTER_LATER;
}

struct reach
letter_reach(const struct mail *m, const struct delivery *d, struct span to)
{
	return (struct reach){ REACH_MAIL, d->show, d->event, d->subject, d->type, reach_place(&m->token_key, to) };
}

struct span
letter_house(const struct mail *m)
{
	return span_of(m->settings->house_name);
}

struct span
letter_link(struct mail *m, const char *path, enum token_kind kind, int64_t show, int64_t id, int generation)
{
	struct token t = { .kind = kind, .generation = generation, .show = show, .id = id };

	return arena_fmt(m->arena, "%s%s%s", m->settings->base_url, path, token_print(&m->token_key, t).text);
}

enum outcome
letter_booking(struct mail *m, const struct delivery *d, struct booking *b, struct show *show)
{
	enum outcome o = booking_read(m->db, m->arena, d->show, d->subject, b);

	return o == OUTCOME_OK ? show_read(m->db, m->arena, d->show, show) : o;
}

struct span
letter_booking_link(struct mail *m, const struct booking *b)
{
	return letter_link(m, "/bookings/", TOKEN_BOOKING, b->show, b->id, b->generation);
}
