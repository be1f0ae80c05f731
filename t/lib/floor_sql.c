/* floor_sql.c - see floor_sql.h. */
#include "t/lib/floor_sql.h"

#include "base/clock.h"
#include "db/db.h"

struct floor_sql {
	MYSQL *mysql;
};

void
floor_plain(struct floor_sql *f, const char *sql)
{
	if (mysql_real_query(f->mysql, sql, strlen(sql)) != 0)
		die("%s: %s", sql, mysql_error(f->mysql));
}

struct floor_sql *
floor_sql_open(const char *socket, const char *database)
{
	struct floor_sql *f = calloc(1, sizeof(*f));

	if (!f || !(f->mysql = mysql_init(NULL)))
		die("out of memory");
	if (!mysql_real_connect(f->mysql, NULL, "root", "", database, 0, socket, 0))
		die("%s: %s", socket, mysql_error(f->mysql));
	floor_plain(f, "SET NAMES utf8mb4 COLLATE utf8mb4_unicode_520_ci");
	floor_plain(f, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
	floor_plain(f, "SET SESSION time_zone='+00:00', innodb_lock_wait_timeout=3, sql_mode='STRICT_ALL_TABLES'");
	return f;
}

static const struct statement *
statement_named(const char *name)
{
	struct statement *const *list;
	size_t n = statements_all(&list);

	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i]->name, name) == 0)
			return list[i];
	die("there is no statement %s any more: the floor must follow the code", name);
}

static void
bind_values(struct floor_statement *s)
{
	for (size_t i = 0; i < s->n_values; i++) {
		MYSQL_BIND *b = &s->binds[i];

		b->length = &s->lengths[i];
		switch (s->values[i]) {
		case 'i':
			b->buffer_type = MYSQL_TYPE_LONGLONG;
			b->buffer = &s->ints[i];
			break;
		case 'd':
			b->buffer_type = MYSQL_TYPE_DATETIME;
			b->buffer = &s->times[i];
			break;
		default:
			b->buffer_type = MYSQL_TYPE_STRING;
			b->buffer = s->texts[i];
		}
	}
}

static void
bind_columns(struct floor_statement *s, const char *types)
{
	for (size_t i = 0; i < s->n_columns; i++) {
		MYSQL_BIND *b = &s->columns[i];

		b->buffer_type = types[i] == 'i' ? MYSQL_TYPE_LONGLONG : types[i] == 'd' ? MYSQL_TYPE_DATETIME : MYSQL_TYPE_STRING;
		b->buffer = s->room[i];
		b->buffer_length = sizeof(s->room[i]);
		b->length = &s->got[i];
	}
}

void
floor_sql_prepare(struct floor_sql *f, struct floor_statement *s)
{
	const struct statement *known = statement_named(s->name);

	s->stmt = mysql_stmt_init(f->mysql);
	if (!s->stmt || mysql_stmt_prepare(s->stmt, known->sql, strlen(known->sql)) != 0)
		die("%s: %s", s->name, mysql_error(f->mysql));
	s->n_values = mysql_stmt_param_count(s->stmt);
	s->n_columns = mysql_stmt_field_count(s->stmt);
	if (s->n_values != strlen(s->values) || s->n_values > FLOOR_VALUES_MAX || s->n_columns > FLOOR_COLUMNS_MAX)
		die("%s takes %zu values now: the floor must follow the code", s->name, s->n_values);
	bind_values(s);
	bind_columns(s, known->columns);
	if ((s->n_values && mysql_stmt_bind_param(s->stmt, s->binds) != 0) ||
	    (s->n_columns && mysql_stmt_bind_result(s->stmt, s->columns) != 0))
		die("%s: %s", s->name, mysql_stmt_error(s->stmt));
}

void
floor_int(struct floor_statement *s, size_t at, int64_t v)
{
	s->ints[at] = v;
}

void
floor_text(struct floor_statement *s, size_t at, const char *text)
{
	s->lengths[at] = (unsigned long)snprintf(s->texts[at], sizeof(s->texts[at]), "%s", text);
}

void
floor_time(struct floor_statement *s, size_t at, int64_t ms)
{
	struct civil c = moment_civil((struct moment){ ms, NULL });

	s->times[at] = (MYSQL_TIME){ .year = (unsigned)c.year, .month = (unsigned)c.month, .day = (unsigned)c.day,
		.hour = (unsigned)c.hour, .minute = (unsigned)c.minute, .second = (unsigned)c.second,
		.second_part = (unsigned long)(ms % 1000) * 1000, .time_type = MYSQL_TIMESTAMP_DATETIME };
}

size_t
floor_run(struct floor_statement *s)
{
	size_t n = 0;
	int got = 0;

	if (mysql_stmt_execute(s->stmt) != 0 || (s->n_columns && mysql_stmt_store_result(s->stmt) != 0))
		die("%s: %s", s->name, mysql_stmt_error(s->stmt));
	if (!s->n_columns)
		return (size_t)mysql_stmt_affected_rows(s->stmt);
	while ((got = mysql_stmt_fetch(s->stmt)) == 0 || got == MYSQL_DATA_TRUNCATED)
		if (n++ == 0)
			memcpy(&s->first, s->room[0], sizeof(s->first));
	if (got != MYSQL_NO_DATA)
		die("%s: %s", s->name, mysql_stmt_error(s->stmt));
	mysql_stmt_free_result(s->stmt);
	return n;
}
