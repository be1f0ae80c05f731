/* words.c - see words.h. */
#include "base/base.h"

#include "papers/words.h"

#define WORDS_MAX (4 * KiB)

static const char *const texts[] = {
#define W(name, text) [W_##name] = text,
#include "papers/words.def"
#undef W
};

struct span
paper_word(enum paper_word w)
{
	return span_of(texts[w]);
}

struct span
paper_words(struct arena *a, enum paper_word w, struct span first, struct span second)
{
	const char *text = texts[w], *gap;
	struct buf b;

	buf_init(&b, a, WORDS_MAX);
	for (int n = 0; (gap = strstr(text, "{}")); n++) {
		buf_bytes(&b, text, (size_t)(gap - text));
		buf_span(&b, n ? second : first);
		text = gap + 2;
	}
	buf_text(&b, text);
	return buf_view(&b);
}
