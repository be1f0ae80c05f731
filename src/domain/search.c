/*
 * search.c - see search.h. FULLTEXT finds words of three Latin letters and more by their beginnings. It knows nothing of shorter
 * words, of its stop words ("the", "who"), or of scripts that put no blanks between words: those go through LIKE.
 */
#include "base/base.h"

#include <strings.h>

#include "db/db.h"
#include "domain/search.h"

#define WORDS 8
#define WORD_BYTES 120
#define FULLTEXT_CHARS 3	/* innodb_ft_min_token_size, the same on both servers */
#define FULLTEXT_BYTES 80	/* innodb_ft_max_token_size is 84 characters */

/* The title with a blank before every word, so that '% ox%' finds "Ox" and not "Paradox". */
#define SPACED "CONCAT(' ', REPLACE(REPLACE(REPLACE(REPLACE(e.title, '’', ' '), '''', ' '), '-', ' '), '(', ' '))"
#define LIKES SPACED " LIKE ? AND " SPACED " LIKE ? AND " SPACED " LIKE ? AND " SPACED " LIKE ? AND " \
	SPACED " LIKE ? AND " SPACED " LIKE ? AND " SPACED " LIKE ? AND " SPACED " LIKE ?"
#define ON_HERE "EXISTS (SELECT 1 FROM shows w WHERE w.event_id = e.event_id AND w.city_id = ? AND w.local_date >= ? AND w.listed)"

STATEMENT(search_words, GLOBAL, "i", "SELECT e.event_id FROM events e WHERE MATCH (e.title) AGAINST (? IN BOOLEAN MODE) AND " LIKES
    " AND " ON_HERE " LIMIT 500");
STATEMENT(search_likes, GLOBAL, "i", "SELECT e.event_id FROM events e WHERE " LIKES " AND " ON_HERE " LIMIT 500");

struct word {
	struct span text;
	size_t chars;
	bool latin;
};

/* One character of well-formed UTF-8; a byte that is none stands for itself. */
static uint32_t
character(struct span s, size_t *n)
{
	static const unsigned char first_bits[] = { 0x7f, 0x7f, 0x1f, 0x0f, 0x07 };
	unsigned char c = (unsigned char)s.p[0];
	size_t length = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	uint32_t u = c & first_bits[length];

	*n = length <= s.n ? length : s.n;
	for (size_t i = 1; i < *n; i++)
		u = u << 6 | ((unsigned char)s.p[i] & 0x3f);
	return u;
}

static bool
is_latin(uint32_t u)
{
	return (u >= '0' && u <= '9') || (u >= 'A' && u <= 'Z') || (u >= 'a' && u <= 'z') ||
	    (u >= 0xc0 && u <= 0x24f && u != 0xd7 && u != 0xf7) || (u >= 0x1e00 && u <= 0x1eff);
}

/* Punctuation and signs of ASCII, Latin-1, the general block, CJK and full width; all else that is not ASCII is part of a word. */
static bool
separates(uint32_t u)
{
	if (is_latin(u))
		return false;
	return u < 0xc0 || u == 0xd7 || u == 0xf7 || (u >= 0x2000 && u <= 0x206f) || (u >= 0x3000 && u <= 0x3004) ||
	    (u >= 0x3008 && u <= 0x3020) || u == 0x30fb || (u >= 0xff00 && u <= 0xff0f) || (u >= 0xff1a && u <= 0xff20) ||
	    (u >= 0xfe00 && u <= 0xfe0f) || u == 0xfeff || u == 0xfffd;
}

/* The next word off the front of *rest; chars 0: there is none. */
static struct word
word_next(struct span *rest)
{
	struct word w = { .text = SPAN_NONE, .latin = true };
	size_t n;

	while (rest->n) {
		uint32_t u = character(*rest, &n);

		if (separates(u) || w.text.n + n > WORD_BYTES) {
			if (w.chars)
				break;
		} else {
			w.text = (struct span){ w.chars ? w.text.p : rest->p, w.text.n + n };
			w.latin &= is_latin(u);
			w.chars++;
		}
		rest->p += n;
		rest->n -= n;
	}
	return w;
}

bool
search_has_words(struct span text)
{
	return word_next(&text).chars > 0;
}

/* InnoDB's own list (information_schema.INNODB_FT_DEFAULT_STOPWORD), the words of three letters and more. */
static bool
is_stop_word(struct arena *a, struct span word)
{
	static const char *const words[] = { "about", "are", "com", "for", "from", "how", "that", "the", "this", "und", "was", "what",
		"when", "where", "who", "will", "with", "www" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (word.n == strlen(words[i]) && strcasecmp(CSTR(a, word), words[i]) == 0)
			return true;
	return false;
}

static bool
fulltext_knows(struct arena *a, const struct word *w)
{
	return w->latin && w->chars >= FULLTEXT_CHARS && w->text.n <= FULLTEXT_BYTES && !is_stop_word(a, w->text);
}

static size_t
run(struct db *db, struct span match, const struct span like[WORDS], int64_t city, struct span from, struct buf *ids)
{
	struct rows *rows = match.n ?
	    db_select(db, &search_words, match, like[0], like[1], like[2], like[3], like[4], like[5], like[6], like[7], city, from) :
	    db_select(db, &search_likes, like[0], like[1], like[2], like[3], like[4], like[5], like[6], like[7], city, from);
	size_t n = 0;

	while (rows_next(rows)) {
		buf_text(ids, n++ ? "," : "");
		buf_int(ids, row_int(rows, 0));
	}
	return n;
}

struct span
search_events(struct db *db, struct arena *a, struct span text, int64_t city, struct span from)
{
	struct span every[WORDS], some[WORDS];
	struct buf match, ids;

	buf_init(&match, a, KiB + WORDS * WORD_BYTES);
	buf_init(&ids, a, 8 * KiB);
	for (size_t i = 0; i < WORDS; i++) {
		struct word w = word_next(&text);

		every[i] = some[i] = SPAN("%");
		if (!w.chars)
			continue;
		/* Where words are not written apart, one may begin anywhere. */
		every[i] = arena_fmt(a, w.latin ? "%% " PRSPAN "%%" : "%%" PRSPAN "%%", ARGSPAN(w.text));
		if (fulltext_knows(a, &w))
			buf_fmt(&match, "+" PRSPAN "* ", ARGSPAN(w.text));
		else
			some[i] = every[i];
	}
	if (span_is(every[0], "%"))
		return SPAN_NONE;
	/* A server set up with other stop words or a longer shortest word finds too little by FULLTEXT: then LIKE has the last word. */
	if (run(db, buf_view(&match), some, city, from, &ids) == 0 && match.n)
		run(db, SPAN_NONE, every, city, from, &ids);
	return buf_view(&ids);
}
