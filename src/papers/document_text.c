/* document_text.c - see document_text.h. */
#include "base/base.h"

#include "domain/json_text.h"
#include "papers/document_text.h"

#define LINE_MAX (4 * KiB)

static void
begin(struct buf *b, const char *key)
{
	char last = b->n ? b->p[b->n - 1] : '{';

	if (b->n && last != '{' && last != '[')
		buf_byte(b, ',');
	if (!key)
		return;
	json_text(b, span_of(key));
	buf_byte(b, ':');
}

void
doc_open(struct buf *b, const char *key, char bracket)
{
	begin(b, key);
	buf_byte(b, bracket);
}

void
doc_close(struct buf *b, char bracket)
{
	buf_byte(b, bracket);
}

void
doc_text(struct buf *b, const char *key, struct span text)
{
	begin(b, key);
	json_text(b, text);
}

void
doc_flag(struct buf *b, const char *key, bool flag)
{
	begin(b, key);
	buf_text(b, flag ? "true" : "false");
}

void
doc_labelled(struct buf *b, enum paper_word label, struct span value)
{
	doc_open(b, NULL, '{');
	doc_text(b, "label", paper_word(label));
	doc_text(b, "value", value);
	doc_close(b, '}');
}

void
doc_head(struct buf *b, const char *paper, int64_t made_ms, struct span title, struct span author, const struct show *show)
{
	struct civil c = moment_civil((struct moment){ made_ms, NULL });
	const struct span where[] = { show->venue_name, show->hall_name };

	doc_text(b, "paper", span_of(paper));
	doc_text(b, "made", arena_fmt(b->arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day, c.hour, c.minute, c.second));
	doc_text(b, "title", title);
	doc_text(b, "author", author);
	doc_text(b, "event", show->event.title);
	doc_open(b, "about", '[');
	doc_text(b, NULL, stamp_there(b->arena, show, show->starts.ms));
	doc_text(b, NULL, dotted(b->arena, where, ARRAY_LEN(where)));
	doc_text(b, NULL, show->address);
	doc_close(b, ']');
}

struct span
money_text(struct arena *a, struct money m)
{
	struct buf b;

	buf_init(&b, a, LINE_MAX);
	money_print(&b, m);
	return buf_view(&b);
}

struct span
stamp_text(struct arena *a, const struct show *show, int64_t ms)
{
	struct buf b;

	buf_init(&b, a, LINE_MAX);
	stamp_print(&b, (struct moment){ ms, show->starts.zone });
	return buf_view(&b);
}

struct span
stamp_there(struct arena *a, const struct show *show, int64_t ms)
{
	return paper_words(a, W_TIME_THERE, stamp_text(a, show, ms), show->city_name);
}

struct span
dotted(struct arena *a, const struct span *parts, size_t n)
{
	struct buf b;

	buf_init(&b, a, LINE_MAX);
	for (size_t i = 0; i < n; i++) {
		if (b.n && parts[i].n)
			buf_text(&b, " · ");
		buf_span(&b, parts[i]);
	}
	return buf_view(&b);
}

struct span
kind_text(enum seat_kind kind)
{
	switch (kind) {
	case SEAT_WHEELCHAIR:
		return paper_word(W_WHEELCHAIR);
	case SEAT_COMPANION:
		return paper_word(W_COMPANION);
	case SEAT_RESTRICTED:
		return paper_word(W_RESTRICTED);
	default:
		return SPAN_NONE;
	}
}
