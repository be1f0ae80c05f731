/*
 * floor_hold.c - the floor of a hold in the database: a loop that runs exactly a hold's statements, on as many connections as foyerd
 * has workers, and nothing else. What one of them asks for is given as it is posted to foyerd, so both get the same work.
 *
 *	floor_hold DB_SOCKET DB_NAME CONNECTIONS FILE	FILE: lines "/shows/7/hold seat=1&seat=2&seat=3"
 *
 * prints "holds seconds statements-a-hold".
 */
#include "base/base.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/files.h"
#include "domain/holds.h"
#include "t/lib/floor_sql.h"

#define SEATS 3
#define HOLD_MS 600000

enum { WISH_STATUS, SALE_PLAIN, WISH_ROWS, NEAR_STATUS, SALE_LOCK, BUYER_LOCK, OWN_HOLDS, SEATS_LOCK, SEATS_HOLD,
	HOLD_INSERT, HOLD_SEATS_INSERT, OUTBOX_INSERT, BUYER_SHOW_NOTE, STATEMENTS };

#define EIGHT "iiiiiiii"

/* In the order of hold_take(), for a buyer who has nothing yet and a show with the rule against single seats. */
static struct floor_statement all[STATEMENTS] = {
	[WISH_STATUS] = { .name = "wish_status", .values = "i" EIGHT },
	[SALE_PLAIN] = { .name = "sale_plain", .values = "i" },
	[WISH_ROWS] = { .name = "wish_rows", .values = EIGHT },
	[NEAR_STATUS] = { .name = "near_status", .values = "iii" },
	[SALE_LOCK] = { .name = "sale_lock", .values = "i" },
	[BUYER_LOCK] = { .name = "buyer_lock", .values = "ii" },
	[OWN_HOLDS] = { .name = "own_holds", .values = "ii" },
	[SEATS_LOCK] = { .name = "seats_lock", .values = "i" EIGHT EIGHT EIGHT },
	[SEATS_HOLD] = { .name = "seats_hold", .values = "idi" EIGHT },
	[HOLD_INSERT] = { .name = "hold_insert", .values = "iiiiiddd" },
	[HOLD_SEATS_INSERT] = { .name = "hold_seats_insert", .values = "iiiiii" EIGHT },
	[OUTBOX_INSERT] = { .name = "outbox_insert", .values = "iitit" },
	[BUYER_SHOW_NOTE] = { .name = "buyer_show_note", .values = "ii" },
};

static void *const linked[] __attribute__((used)) = { hold_take };

struct wish {
	int64_t show, seats[SEATS];
};

/* What all processes share. */
struct track {
	int ready, go, done;
	int64_t first_us, last_us;
};

static int64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
ids(struct floor_statement *s, size_t from, size_t n, const struct wish *w)
{
	for (size_t i = 0; i < n; i++)
		floor_int(s, from + i, w->seats[i < SEATS ? i : SEATS - 1]);
}

static void
ints(struct floor_statement *s, int64_t a, int64_t b)
{
	floor_int(s, 0, a);
	floor_int(s, 1, b);
}

static void
look(const struct wish *w)
{
	floor_int(&all[WISH_STATUS], 0, w->show);
	ids(&all[WISH_STATUS], 1, 8, w);
	floor_run(&all[WISH_STATUS]);
	floor_int(&all[SALE_PLAIN], 0, w->show);
	floor_run(&all[SALE_PLAIN]);
	ids(&all[WISH_ROWS], 0, 8, w);
	floor_run(&all[WISH_ROWS]);
	ints(&all[NEAR_STATUS], w->show, all[WISH_ROWS].first);
	memcpy(&all[NEAR_STATUS].ints[2], all[WISH_ROWS].room[0], sizeof(int64_t));	/* the row's last seat */
	floor_run(&all[NEAR_STATUS]);
}

static void
write_hold(const struct wish *w, int64_t buyer, int64_t hold)
{
	struct floor_statement *take = &all[SEATS_HOLD], *insert = &all[HOLD_INSERT], *seats = &all[HOLD_SEATS_INSERT];
	struct floor_statement *event = &all[OUTBOX_INSERT];
	int64_t ends = clock_now() + HOLD_MS;
	char json[128];

	floor_int(take, 0, hold);
	floor_time(take, 1, ends);
	floor_int(take, 2, w->show);
	ids(take, 3, 8, w);
	if (floor_run(take) != SEATS)
		die("the floor's seats were not free");
	ints(insert, w->show, hold);
	floor_int(insert, 2, buyer);
	floor_int(insert, 3, SEATS);
	floor_int(insert, 4, 0);
	for (size_t i = 5; i < 8; i++)
		floor_time(insert, i, ends);
	floor_run(insert);
	ints(seats, hold, w->show);
	for (size_t i = 2; i < 6; i++)
		floor_int(seats, i, i < 4 ? 0 : w->show);
	ids(seats, 6, 8, w);
	if (floor_run(seats) != SEATS)
		die("the floor's seats have no price");
	ints(event, w->show, id_new());
	floor_text(event, 2, "SEAT_HELD");
	floor_int(event, 3, hold);
	snprintf(json, sizeof(json), "{\"hold\":%" PRId64 ",\"seats\":[%" PRId64 ",%" PRId64 ",%" PRId64 "]}", hold, w->seats[0],
	    w->seats[1], w->seats[2]);
	floor_text(event, 4, json);
	floor_run(event);
}

static void
hold_once(struct floor_sql *sql, const struct wish *w)
{
	int64_t buyer = id_new(), hold = id_new();

	look(w);
	floor_plain(sql, "START TRANSACTION");
	floor_int(&all[SALE_LOCK], 0, w->show);
	floor_run(&all[SALE_LOCK]);
	ints(&all[BUYER_LOCK], w->show, buyer);
	floor_run(&all[BUYER_LOCK]);
	ints(&all[OWN_HOLDS], w->show, buyer);
	floor_run(&all[OWN_HOLDS]);
	floor_int(&all[SEATS_LOCK], 0, w->show);
	ids(&all[SEATS_LOCK], 1, 24, w);
	if (floor_run(&all[SEATS_LOCK]) != SEATS)
		die("the floor's seats do not exist");
	write_hold(w, buyer, hold);
	floor_plain(sql, "COMMIT");
	ints(&all[BUYER_SHOW_NOTE], buyer, w->show);
	floor_run(&all[BUYER_SHOW_NOTE]);
}

static size_t
read_wishes(struct arena *a, const char *path, struct wish **out)
{
	struct span text, rest;
	size_t n = 0;

	if (!file_read(a, path, 16 * MiB, &text))
		die("%s cannot be read", path);
	for (rest = text; rest.n; n++)
		span_cut(&rest, '\n');
	*out = ARENA_ARRAY(a, struct wish, n);
	n = 0;
	for (rest = text; rest.n; n++) {
		struct wish *w = &(*out)[n];

		if (sscanf(CSTR(a, span_cut(&rest, '\n')), "/shows/%" SCNd64 "/hold seat=%" SCNd64 "&seat=%" SCNd64 "&seat=%" SCNd64,
		    &w->show, &w->seats[0], &w->seats[1], &w->seats[2]) != 4)
			die("%s: line %zu is no hold of three seats", path, n + 1);
	}
	return n;
}

/* One connection: every `step`th wish from `from` on. */
static _Noreturn void
run(struct track *track, const char *const *place, const struct wish *wishes, size_t n, size_t from, size_t step)
{
	struct floor_sql *sql = floor_sql_open(place[0], place[1]);

	for (size_t i = 0; i < STATEMENTS; i++)
		floor_sql_prepare(sql, &all[i]);
	__atomic_add_fetch(&track->ready, 1, __ATOMIC_SEQ_CST);
	while (!__atomic_load_n(&track->go, __ATOMIC_SEQ_CST))
		usleep(1000);
	for (size_t i = from; i < n; i += step)
		hold_once(sql, &wishes[i]);
	__atomic_store_n(&track->last_us, now_us(), __ATOMIC_SEQ_CST);
	__atomic_add_fetch(&track->done, 1, __ATOMIC_SEQ_CST);
	_exit(0);
}

int
main(int argc, char **argv)
{
	struct track *track = mmap(NULL, sizeof(*track), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct wish *wishes;
	int64_t connections;
	size_t n;

	if (argc != 5 || !span_int(span_of(argv[3]), 1, 64, &connections) || track == MAP_FAILED) {
		fputs("usage: floor_hold DB_SOCKET DB_NAME CONNECTIONS FILE\n", stderr);
		return 2;
	}
	crypto_start();
	n = read_wishes(arena_new(64 * MiB), argv[4], &wishes);
	for (int64_t i = 0; i < connections; i++)
		if (fork() == 0)
			run(track, (const char *[]){ argv[1], argv[2] }, wishes, n, (size_t)i, (size_t)connections);
	for (int tries = 0; __atomic_load_n(&track->ready, __ATOMIC_SEQ_CST) < connections; tries++) {
		if (tries > 10000)
			die("the connections do not start");
		usleep(1000);
	}
	track->first_us = now_us();
	__atomic_store_n(&track->go, 1, __ATOMIC_SEQ_CST);
	while (wait(NULL) > 0)
		;
	if (track->done != connections)
		die("%d of %" PRId64 " connections came to an end", track->done, connections);
	printf("%zu %.4f %d\n", n, (double)(track->last_us - track->first_us) / 1e6, STATEMENTS);
	return 0;
}
