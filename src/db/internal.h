/* internal.h - what the files of src/db share. MYSQL does not leave this folder. */
#ifndef FOYER_DB_INTERNAL_H
#define FOYER_DB_INTERNAL_H

#include <mysql.h>

#ifdef MARIADB_BASE_VERSION
typedef my_bool db_flag;	/* libmysqlclient has bool here, libmariadb char */
#else
typedef bool db_flag;
#endif

/* Server and client error numbers, named here because the two clients' headers do not agree on them. */
enum {
	ERR_TOO_MANY_CONNECTIONS = 1040, ERR_SHUTDOWN = 1053, ERR_DUPLICATE = 1062, ERR_LOCK_WAIT = 1205, ERR_DEADLOCK = 1213,
	ERR_READ_ONLY = 1290, ERR_SNAPSHOT = 1020, ERR_KILLED = 1927, ERR_GALERA_NOT_READY = 1047, ERR_OFFLINE = 3032,
	ERR_NOWAIT = 3572, ERR_CHECK_MARIADB = 4025, ERR_CHECK_MYSQL = 3819, ERR_JSON_MYSQL = 3140, ERR_IDLE_MYSQL = 4031,
	ERR_QUERY_KILLED = 1317, ERR_STATEMENT_TIME_MARIADB = 1969, ERR_STATEMENT_TIME_MYSQL = 3024,
	ERR_CLIENT_FIRST = 2000, ERR_CONNECTION_GONE = 2006, ERR_CLIENT_LAST = 2999,
};

struct prepared {
	MYSQL_STMT *stmt;
	MYSQL_BIND *columns;
	struct cell *cells;
	size_t n_columns, n_params;
};

struct db {
	struct db_place place;
	MYSQL *mysql;			/* NULL: not connected */
	struct prepared *prepared;	/* by statement index */
	struct arena *arena;
	enum db_error error;
	bool in_transaction;
	bool id_clash;			/* DB_DUPLICATE was on a PRIMARY key: an id drawn twice, not a rule */
	bool patient;			/* connect with time for statements over the whole database */
	bool mariadb;
	bool tells;			/* the open transaction has said db_tells() */
	void (*told)(void *);
	void *told_context;
	struct db_counts counts;
};

bool db_connect(struct db *);			/* true if connected; sets the sticky error otherwise */
void db_disconnect(struct db *);
/* Takes down an error: sets the sticky class and logs it. */
void db_note(struct db *, unsigned number, const char *text, const char *what);
bool db_plain(struct db *, const char *sql);	/* BEGIN, COMMIT, SET: what cannot be prepared */
void prepared_drop_all(struct db *);

#endif
