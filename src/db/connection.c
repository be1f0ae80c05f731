/* connection.c - one connection a process: opening it, its session settings, and what its errors mean. */
#include "base/base.h"

#include "db/db.h"
#include "db/internal.h"

#define CONNECT_SECONDS 3
#define ANSWER_SECONDS 10
#define PATIENT_SECONDS 600

static char *
copied(const char *text)
{
	char *copy = strdup(text ? text : "");

	if (!copy)
		die("out of memory: database settings");
	return copy;
}

struct db *
db_new(const struct db_place *place)
{
	struct db *db = calloc(1, sizeof(*db));
	struct statement *const *list;
	size_t n = statements_all(&list);

	if (!db || !(db->prepared = calloc(n ? n : 1, sizeof(*db->prepared))))
		die("out of memory: database handle");
	for (size_t i = 0; i < n; i++)
		list[i]->index = (int)i;
	db->place = (struct db_place){ copied(place->socket), copied(place->host), place->port, copied(place->user),
		copied(place->password), copied(place->name) };
	if (mysql_library_init(0, NULL, NULL) != 0)
		die("the database client does not start");
	return db;
}

void
db_free(struct db *db)
{
	if (!db)
		return;
	db_disconnect(db);
	free((char *)db->place.socket);
	free((char *)db->place.host);
	free((char *)db->place.user);
	free((char *)db->place.password);
	free((char *)db->place.name);
	free(db->prepared);
	free(db);
}

void
db_arena(struct db *db, struct arena *a)
{
	db->arena = a;
}

void
db_clear(struct db *db)
{
	if (db->error == DB_LOST)
		db_disconnect(db);
	db->error = DB_FINE;
}

enum db_error
db_failed(const struct db *db)
{
	return db->error;
}

struct db_counts
db_counts(const struct db *db)
{
	return db->counts;
}

bool
db_is_mariadb(struct db *db)
{
	return db_connect(db) && db->mariadb;
}

void
db_disconnect(struct db *db)
{
	if (!db->mysql)
		return;
	prepared_drop_all(db);
	mysql_close(db->mysql);
	db->mysql = NULL;
}

static enum db_error
error_class(unsigned number)
{
	switch (number) {
	case ERR_DEADLOCK:
	case ERR_LOCK_WAIT:
	case ERR_NOWAIT:
	case ERR_SNAPSHOT:
	case ERR_QUERY_KILLED:
	case ERR_STATEMENT_TIME_MARIADB:
	case ERR_STATEMENT_TIME_MYSQL:
		return DB_AGAIN;
	case ERR_DUPLICATE:
		return DB_DUPLICATE;
	case ERR_TOO_MANY_CONNECTIONS:
	case ERR_SHUTDOWN:
	case ERR_KILLED:
	case ERR_GALERA_NOT_READY:
	case ERR_OFFLINE:
	case ERR_IDLE_MYSQL:
	case ERR_READ_ONLY:
		return DB_LOST;
	case ERR_CHECK_MARIADB:
	case ERR_CHECK_MYSQL:
	case ERR_JSON_MYSQL:
	case 1048: case 1264: case 1265: case 1364: case 1366: case 1406: case 1451: case 1452: case 1690:
		return DB_REFUSED;
	default:
		return number >= ERR_CLIENT_FIRST && number <= ERR_CLIENT_LAST ? DB_LOST : DB_BROKEN;
	}
}

void
db_note(struct db *db, unsigned number, const char *text, const char *what)
{
	enum db_error class = error_class(number);

	db->error = class;
	/* "… for key 'PRIMARY'" or "… for key 'outbox.PRIMARY'" */
	db->id_clash = class == DB_DUPLICATE && strstr(text, "PRIMARY'") != NULL;
	if (class == DB_AGAIN) {
		log_debug("db.again", "what=%s error=%u", what, number);
		return;
	}
	db->counts.errors++;
	log_line(class == DB_LOST || class == DB_DUPLICATE ? LOG_LEVEL_WARN : LOG_LEVEL_ERROR, "db.error", "what=%s error=%u text=\"%s\"",
	    what, number, text);
}

bool
db_plain(struct db *db, const char *sql)
{
	if (mysql_real_query(db->mysql, sql, strlen(sql)) == 0)
		return true;
	db_note(db, mysql_errno(db->mysql), mysql_error(db->mysql), sql);
	return false;
}

/* facts for both servers: the same sort order, isolation, clock and strictness, whatever their defaults are. */
static bool
session_settings(struct db *db)
{
	return db_plain(db, "SET NAMES utf8mb4 COLLATE utf8mb4_unicode_520_ci") &&
	    db_plain(db, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED") &&
	    db_plain(db, "SET SESSION time_zone='+00:00', innodb_lock_wait_timeout=3, sql_mode='STRICT_ALL_TABLES,ONLY_FULL_GROUP_BY,"
	    "NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'");
}

bool
db_connect(struct db *db)
{
	unsigned connect = CONNECT_SECONDS, answer = db->patient ? PATIENT_SECONDS : ANSWER_SECONDS;
	const char *socket = db->place.socket[0] ? db->place.socket : NULL;

	if (db->mysql)
		return true;
	db->mysql = mysql_init(NULL);
	if (!db->mysql)
		die("out of memory: database connection");
	mysql_options(db->mysql, MYSQL_OPT_CONNECT_TIMEOUT, &connect);
	mysql_options(db->mysql, MYSQL_OPT_READ_TIMEOUT, &answer);
	mysql_options(db->mysql, MYSQL_OPT_WRITE_TIMEOUT, &answer);
	if (!mysql_real_connect(db->mysql, socket ? NULL : db->place.host, db->place.user, db->place.password, db->place.name,
	    socket ? 0 : (unsigned)db->place.port, socket, 0)) {
		db_note(db, mysql_errno(db->mysql), mysql_error(db->mysql), "connect");
		db->error = DB_LOST;
		mysql_close(db->mysql);
		db->mysql = NULL;
		return false;
	}
	db->mariadb = strstr(mysql_get_server_info(db->mysql), "MariaDB") != NULL;
	db->counts.connects++;
	if (session_settings(db))
		return true;
	db_disconnect(db);
	return false;
}
