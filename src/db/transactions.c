/*
 * transactions.c - begin, commit, retry, and the one hard case: a COMMIT whose answer was lost. Then the same body runs again with
 * the same ids on a new connection; it waits on its own locks if the first is still alive, and finds its own rows if that won.
 */
#include "base/base.h"

#include <unistd.h>

#include "base/crypto.h"
#include "base/fault.h"
#include "db/db.h"
#include "db/internal.h"

#define TRIES 6
#define ID_CLASHES 3

extern const struct transaction *const __start_foyer_transactions[] __attribute__((weak));
extern const struct transaction *const __stop_foyer_transactions[] __attribute__((weak));

size_t
transactions_all(const struct transaction *const **list)
{
	*list = __start_foyer_transactions;
	return (size_t)(__stop_foyer_transactions - __start_foyer_transactions);
}

static bool
tx_fault(const struct transaction *tx, const char *step)
{
#ifdef FOYER_FAULTS
	char name[96];

	snprintf(name, sizeof(name), "%s.%s", tx->name, step);
	return fault_here(name);
#else
	(void)tx;
	(void)step;
	return false;
#endif
}

/* As if the server had gone away just now. */
static void
lose(struct db *db)
{
	db_disconnect(db);
	db->error = DB_LOST;
}

void
db_refuse_(struct db *db)
{
	if (db->error == DB_FINE)
		db->error = DB_BROKEN;
}

#ifdef FOYER_FAULTS
void
db_lose(struct db *db)
{
	lose(db);
}
#endif

void
db_on_told(struct db *db, void (*told)(void *), void *context)
{
	db->told = told;
	db->told_context = context;
}

void
db_tells(struct db *db)
{
	db->tells = true;
}

/* One try. *unsure is set when COMMIT was sent and nothing came back. */
static void
try_once(struct db *db, const struct transaction *tx, enum tx_end (*body)(struct db *, void *), void *context, bool *unsure)
{
	enum tx_end end;

	if (!db_connect(db) || !db_plain(db, "START TRANSACTION"))
		return;
	db->in_transaction = true;
	db->tells = false;
	if (tx_fault(tx, "begun"))
		lose(db);
	end = body(db, context);
	if (db->error == DB_FINE && tx_fault(tx, "written"))
		lose(db);
	if (db->error == DB_FINE && end == TX_COMMIT) {
		bool sent = db_plain(db, "COMMIT");

		if (sent && tx_fault(tx, "commit_lost")) {
			lose(db);
			sent = false;
		}
		*unsure = !sent && db->error == DB_LOST;
		if (sent)
			tx_fault(tx, "committed");
		if ((sent || *unsure) && db->tells && db->told)
			db->told(db->told_context);
	} else if (db->mysql && db->error != DB_LOST) {
		enum db_error why = db->error;

		db->error = DB_FINE;
		/* 1213 has already rolled back, 1205 has not: saying it again is harmless */
		if (db_plain(db, "ROLLBACK"))
			db->error = why;
	}
	db->in_transaction = false;
}

static void
pause_before(int try)
{
	uint32_t most = 1000u << (try < 6 ? try : 6);

	usleep(random_below(most));
}

enum tx_result
tx_run(struct db *db, const struct transaction *tx, enum tx_end (*body)(struct db *, void *), void *context)
{
	bool ever_unsure = false;
	int lost = 0;

	if (db->in_transaction)
		die("%s:%d: transaction %s begun inside another", tx->file, tx->line, tx->name);
	for (int try = 1; try <= TRIES; try++) {
		bool unsure = false;

		db_clear(db);
		try_once(db, tx, body, context, &unsure);
		ever_unsure |= unsure;
		switch (db->error) {
		case DB_FINE:
			return TX_DONE;
		case DB_DUPLICATE:
			/* an id that two workers drew in the same instant, or a twin who stored the same message: look again */
			if (!db->id_clash || try > ID_CLASHES)
				return TX_DUPLICATE;
			break;
		case DB_LOST:
			if (++lost > 3) {
				db_disconnect(db);	/* a server that only refuses to write keeps the transaction open otherwise */
				return ever_unsure ? TX_UNSURE : TX_UNREACHABLE;
			}
			if (lost > 1)
				usleep(100000);
			break;
		case DB_AGAIN:
			pause_before(try);
			break;
		default:
			log_error("tx.failed", "name=%s at=%s:%d", tx->name, tx->file, tx->line);
			return TX_FAILED;
		}
		db->counts.retries++;
	}
	log_warn("tx.gave_up", "name=%s at=%s:%d tries=%d", tx->name, tx->file, tx->line, TRIES);
	return ever_unsure ? TX_UNSURE : TX_BUSY;
}

bool
db_snapshot_begin(struct db *db)
{
	if (db->in_transaction)
		die("a snapshot begun inside a transaction");
	db_clear(db);
	db_disconnect(db);		/* how long it may wait is settled when it connects */
	db->patient = true;
	db->in_transaction = db_connect(db) && db_plain(db, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ") &&
	    db_plain(db, "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
	if (!db->in_transaction)
		db_snapshot_end(db);
	return db->in_transaction;
}

void
db_snapshot_end(struct db *db)
{
	db->in_transaction = db->patient = false;
	db_disconnect(db);
}
