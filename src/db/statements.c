/* statements.c - prepared statements: binding by type, running, reading by type. Each is prepared once a connection. */
#include "base/base.h"

#include "base/clock.h"
#include "db/db.h"
#include "db/internal.h"

#define TEXT_ROOM 256		/* most columns fit; longer values are fetched again at their length */

struct cell {
	db_flag null, cut;
	unsigned long length;
	int64_t i;
	MYSQL_TIME time;
	char text[TEXT_ROOM];
};

struct rows {
	struct db *db;
	struct prepared *p;
	const struct statement *st;
	uint64_t connection;		/* the how-manieth they came by */
	bool open;
};

extern struct statement *const __start_foyer_statements[] __attribute__((weak));
extern struct statement *const __stop_foyer_statements[] __attribute__((weak));

size_t
statements_all(struct statement *const **list)
{
	*list = __start_foyer_statements;
	return (size_t)(__stop_foyer_statements - __start_foyer_statements);
}

static void
prepared_drop(struct prepared *p)
{
	if (!p->stmt)
		return;
	mysql_stmt_close(p->stmt);
	free(p->columns);
	free(p->cells);
	*p = (struct prepared){ 0 };
}

void
prepared_drop_all(struct db *db)
{
	struct statement *const *list;
	size_t n = statements_all(&list);

	for (size_t i = 0; i < n; i++)
		prepared_drop(&db->prepared[i]);
}

static void
column_bind(MYSQL_BIND *b, struct cell *c, char type)
{
	b->is_null = &c->null;
	b->error = &c->cut;
	b->length = &c->length;
	switch (type) {
	case 'i':
		b->buffer_type = MYSQL_TYPE_LONGLONG;
		b->buffer = &c->i;
		break;
	case 'd':
		b->buffer_type = MYSQL_TYPE_DATETIME;
		b->buffer = &c->time;
		break;
	default:
		b->buffer_type = MYSQL_TYPE_STRING;
		b->buffer = c->text;
		b->buffer_length = sizeof(c->text);
	}
}

static struct prepared *
prepared_get(struct db *db, const struct statement *st)
{
	struct prepared *p = &db->prepared[st->index];

	if (p->stmt)
		return p;
	p->stmt = mysql_stmt_init(db->mysql);
	if (!p->stmt)
		die("out of memory: statement %s", st->name);
	if (mysql_stmt_prepare(p->stmt, st->sql, strlen(st->sql)) != 0) {
		db_note(db, mysql_stmt_errno(p->stmt), mysql_stmt_error(p->stmt), st->name);
		prepared_drop(p);
		return NULL;
	}
	p->n_params = mysql_stmt_param_count(p->stmt);
	p->n_columns = mysql_stmt_field_count(p->stmt);
	if (p->n_columns != strlen(st->columns)) {
		BUG("statement %s has %zu columns, declared \"%s\"", st->name, p->n_columns, st->columns);
		db->error = DB_BROKEN;
		prepared_drop(p);
		return NULL;
	}
	p->columns = calloc(p->n_columns + 1, sizeof(*p->columns));
	p->cells = calloc(p->n_columns + 1, sizeof(*p->cells));
	if (!p->columns || !p->cells)
		die("out of memory: columns of %s", st->name);
	for (size_t i = 0; i < p->n_columns; i++)
		column_bind(&p->columns[i], &p->cells[i], st->columns[i]);
	return p;
}

static void
time_fill(MYSQL_TIME *t, int64_t ms)
{
	struct civil c = moment_civil((struct moment){ ms, NULL });

	memset(t, 0, sizeof(*t));	/* MySQL's own header has a field more here */
	t->year = (unsigned)c.year;
	t->month = (unsigned)c.month;
	t->day = (unsigned)c.day;
	t->hour = (unsigned)c.hour;
	t->minute = (unsigned)c.minute;
	t->second = (unsigned)c.second;
	t->second_part = (unsigned long)((ms % 1000 + 1000) % 1000) * 1000;
	t->time_type = MYSQL_TIMESTAMP_DATETIME;
}

static void
value_bind(MYSQL_BIND *b, MYSQL_TIME *time, const struct value *v)
{
	switch (v->is) {
	case VALUE_NULL:
		b->buffer_type = MYSQL_TYPE_NULL;
		break;
	case VALUE_INT:
		b->buffer_type = MYSQL_TYPE_LONGLONG;
		b->buffer = (void *)&v->i;
		break;
	case VALUE_TIME:
		time_fill(time, v->i);
		b->buffer_type = MYSQL_TYPE_DATETIME;
		b->buffer = time;
		break;
	case VALUE_BYTES:
		b->buffer_type = MYSQL_TYPE_STRING;
		b->buffer = (void *)v->s.p;
		b->buffer_length = v->s.n;
	}
}

/* Binds, executes and (for rows) stores. False with the sticky error set: a locking read fails as late as in store_result. */
static bool
run_once(struct db *db, const struct statement *st, const struct value *values, size_t n, struct prepared **out)
{
	MYSQL_BIND binds[32] = { 0 };
	MYSQL_TIME times[32];
	struct prepared *p;

	if (!db_connect(db) || !(p = prepared_get(db, st)))
		return false;
	*out = p;
	if (n != p->n_params || n > ARRAY_LEN(binds)) {
		BUG("statement %s takes %zu values, got %zu", st->name, p->n_params, n);
		db->error = DB_BROKEN;
		return false;
	}
	for (size_t i = 0; i < n; i++)
		value_bind(&binds[i], &times[i], &values[i]);
	if ((n && mysql_stmt_bind_param(p->stmt, binds) != 0) || mysql_stmt_execute(p->stmt) != 0 ||
	    (p->n_columns && (mysql_stmt_bind_result(p->stmt, p->columns) != 0 || mysql_stmt_store_result(p->stmt) != 0))) {
		db_note(db, mysql_stmt_errno(p->stmt), mysql_stmt_error(p->stmt), st->name);
		return false;
	}
	return true;
}

static bool
run(struct db *db, const struct statement *st, const struct value *values, size_t n, struct prepared **p)
{
	if (db->error != DB_FINE)
		return false;
	if (run_once(db, st, values, n, p))
		return true;
	/* A connection that died while idle is no news: a plain read may simply be asked again on a new one. */
	if (db->error != DB_LOST || db->in_transaction || st->columns[0] == 0)
		return false;
	db_clear(db);
	db->counts.retries++;
	return run_once(db, st, values, n, p);
}

int64_t
db_change_values(struct db *db, const struct statement *st, const struct value *values, size_t n)
{
	struct prepared *p;

	if (!run(db, st, values, n, &p))
		return 0;
	return (int64_t)mysql_stmt_affected_rows(p->stmt);
}

struct rows *
db_select_values(struct db *db, const struct statement *st, const struct value *values, size_t n)
{
	struct rows *r = ARENA_NEW(db->arena, struct rows);

	r->db = db;
	r->st = st;
	r->open = run(db, st, values, n, &r->p);
	r->connection = db->counts.connects;
	return r;
}

/* Another statement may meanwhile have found the connection dead; what these rows lie in went with it. */
static bool
still_there(const struct rows *r)
{
	return r->db->mysql && r->connection == r->db->counts.connects;
}

bool
rows_next(struct rows *r)
{
	int got;

	if (!r->open)
		return false;
	if (!still_there(r)) {
		db_note(r->db, ERR_CONNECTION_GONE, "the connection ended before the rows", r->st->name);
		r->open = false;
		return false;
	}
	got = mysql_stmt_fetch(r->p->stmt);
	if (got == 0 || got == MYSQL_DATA_TRUNCATED)
		return true;
	if (got != MYSQL_NO_DATA)
		db_note(r->db, mysql_stmt_errno(r->p->stmt), mysql_stmt_error(r->p->stmt), r->st->name);
	rows_done(r);
	return false;
}

size_t
rows_count(const struct rows *r)
{
	return r->open && still_there(r) ? (size_t)mysql_stmt_num_rows(r->p->stmt) : 0;
}

void
rows_done(struct rows *r)
{
	if (r->open && still_there(r))
		mysql_stmt_free_result(r->p->stmt);
	r->open = false;
}

struct rows *
db_row_values(struct db *db, const struct statement *st, const struct value *values, size_t n)
{
	struct rows *r = db_select_values(db, st, values, n);

	return rows_next(r) ? r : NULL;
}

static struct cell *
cell_of(struct rows *r, size_t column, char type)
{
	static struct cell nothing = { .null = true };

	if (!still_there(r)) {
		if (r->db->error == DB_FINE)
			db_note(r->db, ERR_CONNECTION_GONE, "the connection ended before the row was read", r->st->name);
		return &nothing;
	}
	if (column >= r->p->n_columns || (type && r->st->columns[column] != type && !(type == 'i' && r->st->columns[column] == 'd')))
		die("statement %s has no column %zu of type %c", r->st->name, column, type);
	return &r->p->cells[column];
}

bool
row_null(struct rows *r, size_t column)
{
	return cell_of(r, column, 0)->null;
}

int64_t
row_int(struct rows *r, size_t column)
{
	struct cell *c = cell_of(r, column, 'i');
	MYSQL_TIME *t = &c->time;

	if (c->null)
		return 0;
	if (r->st->columns[column] == 'i')
		return c->i;
	return civil_ms((struct civil){ .year = (int)t->year, .month = (int)t->month, .day = (int)t->day, .hour = (int)t->hour,
	    .minute = (int)t->minute, .second = (int)t->second }, NULL) + (int64_t)(t->second_part / 1000);
}

struct span
row_text(struct rows *r, size_t column)
{
	struct cell *c = cell_of(r, column, 't');
	MYSQL_BIND again = { 0 };
	char *p;

	if (c->null)
		return SPAN_NONE;
	if (c->length <= sizeof(c->text))
		return arena_copy(r->db->arena, (struct span){ c->text, c->length });
	p = arena_alloc(r->db->arena, c->length + 1);
	again.buffer_type = MYSQL_TYPE_STRING;
	again.buffer = p;
	again.buffer_length = c->length;
	if (mysql_stmt_fetch_column(r->p->stmt, &again, (unsigned)column, 0) != 0) {
		db_note(r->db, mysql_stmt_errno(r->p->stmt), mysql_stmt_error(r->p->stmt), r->st->name);
		return SPAN_NONE;
	}
	return (struct span){ p, c->length };
}
