/* migrations.c - see migrations.h. DDL commits by itself on both servers, so a file that fails half way must be mended by hand. */
#include "base/base.h"

#include <dirent.h>

#include "base/crypto.h"
#include "base/files.h"
#include "db/db.h"
#include "db/internal.h"
#include "db/migrations.h"

#define SCRIPT_MAX (1 * MiB)

STATEMENT(migration_find, GLOBAL, "t", "SELECT sha256 FROM schema_migrations WHERE version = ?");
STATEMENT(migration_add, GLOBAL, "", "INSERT INTO schema_migrations (version, name, sha256, applied_at) "
    "VALUES (?, ?, ?, UTC_TIMESTAMP(3))");

static bool
run_one(struct db *db, struct span sql, const char *name)
{
	const char *text = CSTR(db->arena, sql);

	if (db_plain(db, text))
		return true;
	log_error("db.script", "file=%s statement=\"%.120s\"", name, text);
	return false;
}

bool
db_script(struct db *db, struct span text, const char *name)
{
	struct buf sql;

	if (!db_connect(db))
		return false;
	buf_init(&sql, db->arena, text.n + 1);
	while (text.n) {
		struct span line = span_cut(&text, '\n');
		struct span bare = span_trim(line);

		if (bare.n == 0 || span_starts(bare, "--"))
			continue;
		buf_span(&sql, line);
		buf_byte(&sql, '\n');
		if (bare.p[bare.n - 1] != ';')
			continue;
		buf_cut(&sql, (size_t)(strrchr(sql.p, ';') - sql.p));
		if (!run_one(db, buf_view(&sql), name))
			return false;
		buf_clear(&sql);
	}
	if (sql.n == 0)
		return true;
	log_error("db.script", "file=%s the last statement does not end with ;", name);
	return false;
}

bool
db_print(struct db *db, struct span sql, struct buf *out)
{
	MYSQL_RES *res;
	MYSQL_ROW row;

	if (!db_connect(db) || !db_plain(db, CSTR(db->arena, sql)))
		return false;
	res = mysql_store_result(db->mysql);
	if (!res)
		return mysql_field_count(db->mysql) == 0;
	while ((row = mysql_fetch_row(res))) {
		for (unsigned i = 0; i < mysql_num_fields(res); i++) {
			buf_text(out, i ? "\t" : "");
			buf_text(out, row[i] ? row[i] : "NULL");
		}
		buf_byte(out, '\n');
	}
	mysql_free_result(res);
	return true;
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
is_migration(const struct dirent *e)
{
	struct span s = span_of(e->d_name);
	int64_t n;

	return s.n > 8 && s.p[3] == '-' && span_int((struct span){ s.p, 3 }, 1, 999, &n) && strcmp(s.p + s.n - 4, ".sql") == 0;
}

static bool
apply(struct db *db, struct arena *a, const char *folder, const char *name)
{
	const char *path = arena_fmt(a, "%s/%s", folder, name).p;
	struct hex64 sum;
	struct span text;
	struct rows *row;
	int64_t version;

	if (!file_read(a, path, SCRIPT_MAX, &text)) {
		log_error("migrate", "file=%s unreadable", path);
		return false;
	}
	sum = sha256_hex(text);
	span_int((struct span){ name, 3 }, 1, 999, &version);
	row = db_row(db, &migration_find, version);
	if (row) {
		if (span_is(row_text(row, 0), sum.text))
			return true;
		log_error("migrate", "file=%s was edited after it had been applied", name);
		return false;
	}
	if (db_failed(db))
		return false;
	printf("migrate: %s\n", name);
	return db_script(db, text, name) && db_change(db, &migration_add, version, name, sum.text) == 1;
}

bool
migrate(struct db *db, struct arena *a, const char *folder)
{
	static const char first[] =
	    "CREATE TABLE IF NOT EXISTS schema_migrations (version INT NOT NULL PRIMARY KEY, "
	    "name VARCHAR(100) NOT NULL, sha256 CHAR(64) NOT NULL, applied_at DATETIME(3) NOT NULL) "
	    "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;\n";
	struct dirent **files;
	bool good = db_script(db, span_of(first), "schema_migrations");
	int n = scandir(folder, &files, is_migration, by_name);

	if (n <= 0)
		log_error("migrate", "folder=%s holds no NNN-name.sql", folder);
	good = good && n > 0;
	for (int i = 0; i < n; i++) {
		good = good && apply(db, a, folder, files[i]->d_name);
		free(files[i]);
	}
	if (n > 0)
		free(files);
	return good;
}
