/* sql_words.c - see sql_words.h. */
#include "sql_words.h"

static bool
in_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

struct span
sql_word(struct span *rest)
{
	struct span word;
	size_t n = 1;

	*rest = span_trim(*rest);
	if (!rest->n)
		return SPAN_NONE;
	if (in_name(rest->p[0]))
		while (n < rest->n && in_name(rest->p[n]))
			n++;
	else if (rest->p[0] == '\'') {
		while (n < rest->n && rest->p[n] != '\'')
			n++;
		n += n < rest->n;
	}
	word = (struct span){ rest->p, n };
	*rest = (struct span){ rest->p + n, rest->n - n };
	return word;
}

static bool
one_of(struct span word, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_is(word, list[i]))
			return true;
	return false;
}

static bool
is_name(struct span word)
{
	static const char *const others[] = { "AS", "WHERE", "SET", "FORCE", "LEFT", "JOIN", "STRAIGHT_JOIN", "ON", "ORDER", "GROUP", "LIMIT",
		"SELECT", "VALUES", "FOR", "LOCK", "UNION", "HAVING", "JSON_TABLE", "USING" };

	return word.n && in_name(word.p[0]) && !one_of(word, others, ARRAY_LEN(others));
}

size_t
sql_tables(struct span sql, struct sql_table out[SQL_TABLES])
{
	static const char *const before[] = { "FROM", "JOIN", "STRAIGHT_JOIN", "INTO", "UPDATE" };
	struct span last = SPAN_NONE, word;
	size_t n = 0;

	while ((word = sql_word(&sql)).n) {
		bool starts = one_of(word, before, ARRAY_LEN(before)) && !span_is(last, "FOR") && !span_is(last, "KEY");
		struct span rest = sql, name = sql_word(&rest), alias = sql_word(&rest);

		last = word;
		if (!starts || !is_name(name) || n == SQL_TABLES)
			continue;
		if (span_is(alias, "AS"))
			alias = sql_word(&rest);
		out[n++] = (struct sql_table){ name, is_name(alias) ? alias : name, span_is(word, "INTO") };
	}
	return n;
}

struct reading {
	struct span columns[SQL_PARAMETERS];	/* of INSERT INTO table (…) */
	size_t n_columns, at;			/* at: the column whose value is being read */
	int depth;				/* of brackets in VALUES; 0: not there */
	struct span owner;
	bool list;				/* in "?, ?, ?" or "? AND ?" of one column */
};

static void
read_columns(struct reading *r, struct span rest)
{
	struct span word;

	sql_word(&rest);	/* the table */
	while ((word = sql_word(&rest)).n && !span_is(word, ")"))
		if (in_name(word.p[0]) && r->n_columns < SQL_PARAMETERS)
			r->columns[r->n_columns++] = word;
}

/* What stands for the "?" before rest. */
static struct span
owner_of(const struct reading *r, struct span rest)
{
	struct span name;

	if (r->depth == 1 && r->at < r->n_columns)
		return r->columns[r->at];
	if (span_is(sql_word(&rest), "AS"))
		return sql_word(&rest);
	name = r->owner;
	for (size_t i = 0; i < r->owner.n; i++)
		if (r->owner.p[i] == '.')
			name = (struct span){ r->owner.p + i + 1, r->owner.n - i - 1 };
	return name;
}

static void
read_on(struct reading *r, struct span word, struct span rest)
{
	if (r->depth || span_is(r->owner, "VALUES"))
		r->depth += span_is(word, "(") - span_is(word, ")");
	r->at += r->depth == 1 && span_is(word, ",");
	if (span_is(word, "INTO"))
		read_columns(r, rest);
	if (in_name(word.p[0]) && !(r->list && span_is(word, "AND")) && !span_is(word, "IN") && !span_is(word, "BETWEEN")) {
		r->owner = word;
		r->list = false;
	}
}

size_t
sql_parameters(struct span sql, struct span out[SQL_PARAMETERS])
{
	struct reading r = { .owner = SPAN_NONE };
	struct span word;
	size_t n = 0;

	while ((word = sql_word(&sql)).n) {
		if (!span_is(word, "?")) {
			read_on(&r, word, sql);
			continue;
		}
		if (n < SQL_PARAMETERS)
			out[n] = owner_of(&r, sql);
		n++;
		r.list = true;
	}
	return n;
}
