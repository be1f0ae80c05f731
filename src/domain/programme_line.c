/* programme_line.c - one line of a programme, word by word. */
#include "base/base.h"

#include "domain/programme_line.h"

#define HOUR_MS ((int64_t)3600000)
#define LAST_YEAR 2999		/* what is counted from a date must not leave what the database can write */

static void
error_add(struct programme *p, struct programme_place at, const char *fmt, va_list ap)
{
	char text[400];

	if (++p->n_errors > PROGRAMME_ERRORS)
		return;
	vsnprintf(text, sizeof(text), fmt, ap);
	buf_fmt(&p->errors, "%s:%d: " PRSPAN "\n", at.file, at.line, ARGSPAN(span_upto(span_of(text), sizeof(text) - 2)));
}

void
programme_error(struct programme *p, struct programme_place at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	error_add(p, at, fmt, ap);
	va_end(ap);
}

void
line_error(struct line *l, const char *fmt, ...)
{
	va_list ap;

	if (l->bad)
		return;
	l->bad = true;
	va_start(ap, fmt);
	error_add(l->programme, l->at, fmt, ap);
	va_end(ap);
}

static struct span
next_word(struct span s, struct span *after)
{
	s = span_trim(s);
	*after = s;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == ' ' || s.p[i] == '\t') {
			*after = (struct span){ s.p + i, s.n - i };
			return (struct span){ s.p, i };
		}
	*after = (struct span){ s.p + s.n, 0 };
	return s;
}

bool
line_more(struct line *l)
{
	return !l->bad && span_trim(l->rest).n > 0;
}

struct span
line_peek(struct line *l)
{
	struct span after;

	return l->bad ? SPAN_NONE : next_word(l->rest, &after);
}

bool
line_skip(struct line *l, const char *word)
{
	if (!span_is(line_peek(l), word))
		return false;
	next_word(l->rest, &l->rest);
	return true;
}

void
line_need(struct line *l, const char *word)
{
	struct span found = line_peek(l);

	if (l->bad || line_skip(l, word))
		return;
	if (found.n)
		line_error(l, "\"%s\" is needed where \"" PRSPAN "\" stands", word, ARGSPAN(found));
	else
		line_error(l, "the line ends where \"%s\" is needed", word);
}

struct span
line_word(struct line *l, const char *what)
{
	struct span word;

	if (l->bad)
		return SPAN_NONE;
	word = next_word(l->rest, &l->rest);
	if (!word.n)
		line_error(l, "%s is missing", what);
	return word;
}

struct span
line_slug(struct line *l, const char *what, size_t max)
{
	struct span word = line_word(l, what);
	bool good = word.n > 0 && word.n <= max && word.p[0] != '-' && word.p[word.n - 1] != '-';

	for (size_t i = 0; i < word.n; i++)
		good = good && ((word.p[i] >= 'a' && word.p[i] <= 'z') || (word.p[i] >= '0' && word.p[i] <= '9') || word.p[i] == '-');
	if (good)
		return word;
	line_error(l, "%s is written with a-z, 0-9 and -, at most %zu of them, not \"" PRSPAN "\"", what, max, ARGSPAN(word));
	return SPAN_NONE;
}

struct span
line_text(struct line *l, const char *what, size_t min, size_t max)
{
	struct span s = span_trim(l->rest);
	size_t used = 0, i = 1;
	char *text;

	if (l->bad)
		return SPAN_NONE;
	if (s.n == 0 || s.p[0] != '"') {
		line_error(l, "%s is missing: \"…\" in straight quotation marks", what);
		return SPAN_NONE;
	}
	text = arena_alloc(l->programme->arena, s.n + 1);
	for (; i < s.n && s.p[i] != '"'; i++) {
		if (s.p[i] == '\\' && i + 1 < s.n && s.p[i + 1] == '"')
			i++;
		text[used++] = s.p[i];
	}
	if (i >= s.n) {
		line_error(l, "%s has no closing quotation mark", what);
		return SPAN_NONE;
	}
	l->rest = (struct span){ s.p + i + 1, s.n - i - 1 };
	if (l->rest.n && l->rest.p[0] != ' ' && l->rest.p[0] != '\t')
		line_error(l, "a blank is missing after %s (a quotation mark inside is written \\\")", what);
	s = span_trim((struct span){ text, used });
	if (span_chars(s) < min || span_chars(s) > max)
		line_error(l, "%s has %zu characters; %zu to %zu are allowed", what, span_chars(s), min, max);
	return l->bad ? SPAN_NONE : s;
}

int64_t
line_number(struct line *l, const char *what, int64_t min, int64_t max)
{
	struct span word = line_word(l, what);
	int64_t v = 0;

	if (!l->bad && !span_int(word, min, max, &v))
		line_error(l, "%s is a whole number from %" PRId64 " to %" PRId64 ", not \"" PRSPAN "\"", what, min, max, ARGSPAN(word));
	return v;
}

bool
programme_money(struct programme *p, struct programme_place at, struct span word, struct span currency, int64_t *minor)
{
	struct span part = word, head = span_cut(&part, '.');
	bool point = memchr(word.p, '.', word.n) != NULL;
	int digits = money_digits(money_of(0, currency).code);
	int64_t whole = 0, rest = 0, scale = 1;

	for (int i = 0; i < digits; i++)
		scale *= 10;
	if (head.n && head.p[0] != '-' && span_int(head, 0, INT32_MAX, &whole) && (!point || (part.n == (size_t)digits && digits &&
	    part.p[0] != '-' && span_int(part, 0, scale - 1, &rest))) && whole * scale + rest <= INT32_MAX) {
		*minor = whole * scale + rest;
		return true;
	}
	programme_error(p, at, "an amount in " PRSPAN " is written %s, not \"" PRSPAN "\"", ARGSPAN(currency),
	    digits == 0 ? "1200" : digits == 3 ? "12 or 12.500" : "12 or 12.50", ARGSPAN(word));
	return false;
}

int64_t
line_money(struct line *l, struct span currency)
{
	struct span word = line_word(l, "an amount");
	int64_t minor = 0;

	/* a currency that is none has been told on its own line */
	if (!l->bad && money_known(currency) && !programme_money(l->programme, l->at, word, currency, &minor))
		l->bad = true;
	return minor;
}

struct programme_day
line_day(struct line *l)
{
	struct span word = line_word(l, "a date");
	struct programme_day day = { .relative = span_starts(word, "today") };
	struct span offset = day.relative ? (struct span){ word.p + 5, word.n - 5 } : SPAN_NONE;

	if (l->bad)
		return day;
	if (day.relative && (offset.n == 0 || ((offset.p[0] == '+' || offset.p[0] == '-') && offset.n > 1 && offset.p[1] != '-' &&
	    span_int((struct span){ offset.p + 1, offset.n - 1 }, 0, 3660, &day.offset)))) {
		if (offset.n && offset.p[0] == '-')
			day.offset = -day.offset;
		return day;
	}
	if (day.relative || !date_parse(word, &day.date) || day.date.year > LAST_YEAR)
		line_error(l, "a date is written 2026-12-24, today or today+3, not \"" PRSPAN "\"", ARGSPAN(word));
	return day;
}

bool
line_at_clock(struct line *l)
{
	struct span word = line_peek(l);

	return word.n > 0 && word.p[0] >= '0' && word.p[0] <= '9';
}

int
line_clock(struct line *l)
{
	struct span word = line_word(l, "a time");
	int64_t hour = 0, minute = 0;

	if (l->bad)
		return 0;
	if (word.n != 5 || word.p[2] != ':' || word.p[3] == '-' || !span_int((struct span){ word.p, 2 }, 0, 23, &hour) ||
	    word.p[0] == '-' || !span_int((struct span){ word.p + 3, 2 }, 0, 59, &minute))
		line_error(l, "a time is written 19:30 (00:15 for a quarter past midnight), not \"" PRSPAN "\"", ARGSPAN(word));
	return (int)(hour * 60 + minute);
}

int64_t
line_span_ms(struct line *l, int64_t most_ms)
{
	static const struct { const char *one, *many; int64_t ms; } units[] = {
		{ "second", "seconds", 1000 }, { "minute", "minutes", 60000 }, { "hour", "hours", HOUR_MS }, { "h", "h", HOUR_MS },
		{ "day", "days", 24 * HOUR_MS },
	};
	int64_t n = line_number(l, "how long", 0, 100000);
	struct span unit = line_word(l, "seconds, minutes, hours or days");

	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (span_is(unit, units[i].one) || span_is(unit, units[i].many)) {
			if (n * units[i].ms > most_ms)
				line_error(l, "that is too long: at most %" PRId64 " %s", most_ms / units[i].ms, units[i].many);
			return n * units[i].ms;
		}
	line_error(l, "seconds, minutes, hours or days are needed, not \"" PRSPAN "\"", ARGSPAN(unit));
	return 0;
}

void
line_end(struct line *l)
{
	struct span left = span_trim(l->rest);

	if (!l->bad && left.n)
		line_error(l, "nothing more is expected, but there is \"" PRSPAN "\"", ARGSPAN(span_upto(left, 60)));
}
