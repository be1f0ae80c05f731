/*
 * db.h - the only way to the database. Statements are declared once, by name, beside the code that uses them; values are bound
 * and read by type; transactions are run, retried and told apart from unsure ones in one place (tx_run).
 *
 * Errors are sticky: after a failure every call on the handle does nothing (no rows, 0 changed) until db_clear() or the end of
 * the transaction, so a caller may check db_failed() once. The cause is logged where it happened.
 */
#ifndef FOYER_DB_DB_H
#define FOYER_DB_DB_H

struct db;

struct db_place {
	const char *socket;	/* path; NULL or empty: host and port by TCP */
	const char *host;
	int port;
	const char *user, *password, *name;
};

struct db *db_new(const struct db_place *);	/* keeps a copy; connects when first used */
void db_free(struct db *);
void db_arena(struct db *, struct arena *);	/* rows read from now on live here; set anew after every reset */
void db_clear(struct db *);			/* forgets a sticky error, and takes the connection up again if it was lost */
bool db_is_mariadb(struct db *);

enum db_error {
	DB_FINE,
	DB_AGAIN,		/* deadlock, lock wait: the whole transaction may be tried again */
	DB_LOST,		/* no connection */
	DB_DUPLICATE,		/* a UNIQUE key refused */
	DB_REFUSED,		/* CHECK, NOT NULL, range, foreign key, read-only */
	DB_BROKEN,		/* anything else: our mistake */
};
enum db_error db_failed(const struct db *);

/* -- statements ---------------------------------------------------------------------------------------------------------- */

enum statement_kind {
	SHOW,			/* only tables with show_id in the primary key, every one named with show_id = ? */
	GLOBAL,			/* catalogue, users, sessions */
	DIRECTORY,		/* rebuildable; written after commit */
	SCATTER,		/* over all shows: reaper, relay, foyerctl, staff search, nobody else */
};

struct statement {
	const char *name;
	enum statement_kind kind;
	const char *columns;	/* one letter a result column: i integer, t text or bytes, d DATETIME read as ms; "" for none */
	const char *sql;
	const char *file;
	int index;		/* set by statements_number() */
};

/* STATEMENT(seat_lock, SHOW, "it", "SELECT …") declares a static struct statement seat_lock. */
#define STATEMENT(id, kind_, columns_, sql_) \
	static struct statement id = { #id, kind_, columns_, sql_, __FILE__, -1 }; \
	static struct statement *const id##_entry __attribute__((section("foyer_statements"), used)) = &id

size_t statements_all(struct statement *const **list);	/* every statement linked into this program */

struct value {
	enum { VALUE_NULL, VALUE_INT, VALUE_BYTES, VALUE_TIME } is;
	int64_t i;		/* VALUE_TIME: ms since 1970 UTC */
	struct span s;
};

static inline struct value value_int_(int64_t i) { return (struct value){ .is = VALUE_INT, .i = i }; }
static inline struct value value_span_(struct span s) { return (struct value){ .is = VALUE_BYTES, .s = s }; }
static inline struct value value_text_(const char *t) { return (struct value){ .is = VALUE_BYTES, .s = span_of(t) }; }
static inline struct value value_same_(struct value v) { return v; }
static inline struct value at_ms(int64_t ms) { return (struct value){ .is = VALUE_TIME, .i = ms }; }
#define NO_VALUE ((struct value){ .is = VALUE_NULL })
#define INT_OR_NULL(v) ((v) ? value_int_(v) : NO_VALUE)

#define VALUE_(x) _Generic((x), struct value: value_same_, struct span: value_span_, \
	char *: value_text_, const char *: value_text_, default: value_int_)(x)
#define VALUES_0_()
#define VALUES_1_(a) VALUE_(a)
#define VALUES_2_(a, ...) VALUE_(a), VALUES_1_(__VA_ARGS__)
#define VALUES_3_(a, ...) VALUE_(a), VALUES_2_(__VA_ARGS__)
#define VALUES_4_(a, ...) VALUE_(a), VALUES_3_(__VA_ARGS__)
#define VALUES_5_(a, ...) VALUE_(a), VALUES_4_(__VA_ARGS__)
#define VALUES_6_(a, ...) VALUE_(a), VALUES_5_(__VA_ARGS__)
#define VALUES_7_(a, ...) VALUE_(a), VALUES_6_(__VA_ARGS__)
#define VALUES_8_(a, ...) VALUE_(a), VALUES_7_(__VA_ARGS__)
#define VALUES_9_(a, ...) VALUE_(a), VALUES_8_(__VA_ARGS__)
#define VALUES_10_(a, ...) VALUE_(a), VALUES_9_(__VA_ARGS__)
#define VALUES_11_(a, ...) VALUE_(a), VALUES_10_(__VA_ARGS__)
#define VALUES_12_(a, ...) VALUE_(a), VALUES_11_(__VA_ARGS__)
#define VALUES_13_(a, ...) VALUE_(a), VALUES_12_(__VA_ARGS__)
#define VALUES_14_(a, ...) VALUE_(a), VALUES_13_(__VA_ARGS__)
#define VALUES_15_(a, ...) VALUE_(a), VALUES_14_(__VA_ARGS__)
#define VALUES_16_(a, ...) VALUE_(a), VALUES_15_(__VA_ARGS__)
#define VALUES_17_(a, ...) VALUE_(a), VALUES_16_(__VA_ARGS__)
#define VALUES_18_(a, ...) VALUE_(a), VALUES_17_(__VA_ARGS__)
#define VALUES_PICK_(_0, _1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, _13, _14, _15, _16, _17, _18, N, ...) N
#define VALUES_OF_(...) VALUES_PICK_(0, ##__VA_ARGS__, VALUES_18_, VALUES_17_, VALUES_16_, VALUES_15_, VALUES_14_, VALUES_13_, \
	VALUES_12_, VALUES_11_, VALUES_10_, VALUES_9_, VALUES_8_, VALUES_7_, VALUES_6_, VALUES_5_, VALUES_4_, VALUES_3_, VALUES_2_, \
	VALUES_1_, VALUES_0_)(__VA_ARGS__)
#define VALUES_ARRAY_(...) (struct value[]){ VALUES_OF_(__VA_ARGS__) __VA_OPT__(,) NO_VALUE }
#define VALUES_COUNT_(...) (sizeof(VALUES_ARRAY_(__VA_ARGS__)) / sizeof(struct value) - 1)

/* Rows changed (as the server counts: rows that really differ); 0 after an error. db_change(db, &st, show, hold, text, at_ms(t)) */
#define db_change(db, st, ...) db_change_values((db), (st), VALUES_ARRAY_(__VA_ARGS__), VALUES_COUNT_(__VA_ARGS__))
int64_t db_change_values(struct db *, const struct statement *, const struct value *, size_t n);

/*
 * All rows are fetched to the client before the first is read, so other statements may run in between; the same statement may not
 * until rows_next() has said false or rows_done() was called.
 */
struct rows;
#define db_select(db, st, ...) db_select_values((db), (st), VALUES_ARRAY_(__VA_ARGS__), VALUES_COUNT_(__VA_ARGS__))
struct rows *db_select_values(struct db *, const struct statement *, const struct value *, size_t n);
bool rows_next(struct rows *);
size_t rows_count(const struct rows *);
void rows_done(struct rows *);
int64_t row_int(struct rows *, size_t column);		/* 0 for NULL; of a 'd' column, ms */
struct span row_text(struct rows *, size_t column);	/* in the arena; empty for NULL */
bool row_null(struct rows *, size_t column);

/* The first row, or NULL; read its columns at once, no rows_done() needed. */
#define db_row(db, st, ...) db_row_values((db), (st), VALUES_ARRAY_(__VA_ARGS__), VALUES_COUNT_(__VA_ARGS__))
struct rows *db_row_values(struct db *, const struct statement *, const struct value *, size_t n);

/* -- transactions -------------------------------------------------------------------------------------------------------- */

struct transaction {
	const char *name;	/* also the stem of its fault points: name.begun, .written, .commit_lost, .committed */
	const char *file;
	int line;
};
/* TRANSACTION(hold_tx, "hold") declares a static const struct transaction hold_tx. */
#define TRANSACTION(id, name_) \
	static const struct transaction id = { name_, __FILE__, __LINE__ }; \
	static const struct transaction *const id##_entry __attribute__((section("foyer_transactions"), used)) = &id
size_t transactions_all(const struct transaction *const **list);

enum tx_end { TX_COMMIT, TX_ROLLBACK };

/* In a body: something is not as the locks promised. Logged as our mistake; the transaction rolls back and is TX_FAILED. */
#define db_refuse(db, ...) do { BUG(__VA_ARGS__); db_refuse_(db); } while (0)
void db_refuse_(struct db *);

enum tx_result {
	TX_DONE,		/* ended as the body asked */
	TX_BUSY,		/* deadlocks or lock waits through all tries: nothing was changed */
	TX_UNREACHABLE,		/* no database: nothing was changed */
	TX_UNSURE,		/* a COMMIT whose answer was lost, and the database did not come back to tell */
	TX_DUPLICATE,		/* a UNIQUE key refused, rolled back; on a PRIMARY key only after a few tries */
	TX_FAILED,		/* our mistake, logged, rolled back */
};

/*
 * Runs body in one READ COMMITTED transaction. It may be run several times (deadlock, lost connection, lost COMMIT): with the same
 * ids it must come to the same end, so ids are made before tx_run, never inside. A failed statement rolls back whatever body says.
 */
enum tx_result tx_run(struct db *, const struct transaction *, enum tx_end (*body)(struct db *, void *), void *context);

/*
 * What is called after a COMMIT of a transaction whose body said db_tells(): that there is an event for whoever takes events away. Also
 * where the answer to the COMMIT was lost. It must not wait for anything.
 */
void db_on_told(struct db *, void (*told)(void *), void *context);
void db_tells(struct db *);

/*
 * For reading only, and for as long as it takes: everything read in between is of one moment. Always on a connection of its own,
 * so false (logged) where none can be had. A connection lost in between is not taken up again: the reads fail.
 */
bool db_snapshot_begin(struct db *);
void db_snapshot_end(struct db *);

/* In the body of a transaction: FAULT(name), where "lose" takes the connection away as if the server had gone. */
#ifdef FOYER_FAULTS
void db_lose(struct db *);
#define FAULT_DB(db, name) do { if (FAULT(name)) db_lose(db); } while (0)
#else
#define FAULT_DB(db, name) do { } while (0)
#endif

/* -- for programs -------------------------------------------------------------------------------------------------------- */

struct db_counts {
	uint64_t errors, retries, connects;
};
struct db_counts db_counts(const struct db *);
/* Runs a script of statements, each ended by ";" at a line's end; false with the reason logged. For migrations and tests only. */
bool db_script(struct db *, struct span text, const char *name);
/* One statement's text result rows, tab-separated, for EXPLAIN and tests. */
bool db_print(struct db *, struct span sql, struct buf *out);

#endif
