/*
 * foyer-relay.c - a daemon that takes the outbox to its sinks; so far one, mail. It looks once a second. Whatever happens to one
 * message, or to the database, it goes on; nothing waits for it, and what it did not send waits in the database.
 *
 *	foyer-relay -c FILE		until SIGTERM; a second one at the same time ends at once
 *	foyer-relay -c FILE --once	sends what is due now
 */
#include "base/base.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/program.h"
#include "db/place.h"
#include "relay/mail.h"

#define BATCH_ARENA (64 * MiB)
#define BATCH 50
#define PAUSE_MS 1000

/*
 * How far back events are looked for. An event's time is that of its writing; it is seen from its commit on, seconds later at the
 * most. So each second only the last minutes are looked at, and to be sure, now and then, as far back as the relay may have stood still.
 */
#define LATE_SECONDS 300
#define LONGEST_SECONDS ((int64_t)3 * 86400)
#define LONGEST_EVERY_MS ((int64_t)3600 * 1000)

static void
send_due(struct mail *m)
{
	struct delivery *list;
	bool open = true;
	size_t n;

	do {
		arena_reset(m->arena);
		n = mail_due(m, BATCH, &list);
		for (size_t i = 0; i < n && open && !program_stopping; i++)
			open = mail_deliver(m, &list[i]);
	} while (n == BATCH && open && !program_stopping);
}

static int
work(struct mail *m, bool once)
{
	int64_t looked = 0, looked_far = 0;		/* steady time of the last that succeeded; 0: never */
	bool good;

	do {
		int64_t now = clock_steady();
		bool far = !looked_far || now - looked_far >= LONGEST_EVERY_MS;

		arena_reset(m->arena);
		db_arena(m->db, m->arena);
		db_clear(m->db);
		mail_find(m, far ? LONGEST_SECONDS : LATE_SECONDS + (now - looked) / 1000);
		good = db_failed(m->db) == DB_FINE;
		if (good) {
			looked = now;
			looked_far = far ? now : looked_far;
			send_due(m);
		}
		if (!once && !program_stopping)
			usleep(PAUSE_MS * 1000);	/* a signal ends it */
	} while (!once && !program_stopping);
	return good && db_failed(m->db) == DB_FINE ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
	struct program p;
	struct mail m;
	int status;

	program_start(&p, "foyer-relay", argc, argv);
	if (!mail_start(&m, &p.settings, db_of_settings(p.arena, &p.settings), arena_new(BATCH_ARENA)))
		return EXIT_FAILURE;
	if (!program_alone(&p)) {
		log_error("relay.start", "error=\"another relay is at work\"");
		return EXIT_FAILURE;
	}
	log_info("relay.start", "pid=%d", (int)getpid());
	status = work(&m, p.once);
	log_info("relay.stop", "status=%d", status);
	db_free(m.db);
	arena_free(m.arena);
	return status;
}
