/*
 * floor_sql.h - Foyer's own statements, run without src/db: prepared once, bound once, read once. What remains is what the server and
 * its client library cost. Statements are found by name, so that a floor follows the code it is the floor of.
 */
#ifndef FOYER_T_FLOOR_SQL_H
#define FOYER_T_FLOOR_SQL_H

#include "base/base.h"

#include <mysql.h>

#define FLOOR_VALUES_MAX 32
#define FLOOR_COLUMNS_MAX 40

struct floor_sql;		/* a connection with foyerd's session settings */

struct floor_statement {
	const char *name;	/* as in STATEMENT(name, …) */
	const char *values;	/* one letter a value: i integer, t text, d moment */
	MYSQL_STMT *stmt;	/* from here on: floor_sql's own */
	size_t n_values, n_columns;
	MYSQL_BIND binds[FLOOR_VALUES_MAX], columns[FLOOR_COLUMNS_MAX];
	int64_t ints[FLOOR_VALUES_MAX];			/* values to run it with */
	MYSQL_TIME times[FLOOR_VALUES_MAX];
	char texts[FLOOR_VALUES_MAX][128];
	unsigned long lengths[FLOOR_VALUES_MAX];
	char room[FLOOR_COLUMNS_MAX][256];		/* the columns of the row read last */
	unsigned long got[FLOOR_COLUMNS_MAX];
	int64_t first;					/* of the rows read: the first one's first column, an integer */
};

/* Both end the program with a reason where they fail: there is nothing to measure then. */
struct floor_sql *floor_sql_open(const char *socket, const char *database);
void floor_sql_prepare(struct floor_sql *, struct floor_statement *);
/* Values are printed into the statement's own places before it runs. */
void floor_int(struct floor_statement *, size_t at, int64_t v);
void floor_text(struct floor_statement *, size_t at, const char *text);
void floor_time(struct floor_statement *, size_t at, int64_t ms);
/* Runs it and reads all its rows; the number of rows read or changed. */
size_t floor_run(struct floor_statement *);
void floor_plain(struct floor_sql *, const char *sql);

#endif
