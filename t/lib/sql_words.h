/*
 * sql_words.h - just enough of SQL to ask a statement which tables it names and what its "?" stand for. It reads our own statements:
 * no quoted names, no comma between tables.
 */
#ifndef FOYER_T_SQL_WORDS_H
#define FOYER_T_SQL_WORDS_H

#include "base/base.h"

#define SQL_TABLES 16
#define SQL_PARAMETERS 32

struct sql_table {
	struct span name, alias;	/* alias: the name itself where there is none */
	bool into;			/* the target of an INSERT */
};

/* The next word, number, string or single character; empty at the end. */
struct span sql_word(struct span *rest);
/* Tables after FROM, JOIN, INTO and UPDATE; not what is made by SELECT or JSON_TABLE. */
size_t sql_tables(struct span sql, struct sql_table out[SQL_TABLES]);
/* For each "?" the column that it is for, or else the word before it: "show_id", "LIMIT", "JSON_TABLE" … */
size_t sql_parameters(struct span sql, struct span out[SQL_PARAMETERS]);

#endif
