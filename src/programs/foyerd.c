/*
 * foyerd.c - the daemon that answers the public's, the providers' and the staff's requests behind nginx.
 *
 *	foyerd -c FILE		runs until SIGTERM; SIGHUP reads FILE anew and replaces the workers
 *	foyerd -t -c FILE	says whether FILE can be used
 */
#include "base/base.h"

#include <unistd.h>

#include "base/crypto.h"
#include "base/p256.h"
#include "base/settings.h"
#include "db/place.h"
#include "domain/settle.h"
#include "html/assets.h"
#include "http/metrics.h"
#include "http/pool.h"
#include "pages/app.h"
#include "pages/routes.h"
#include "psp/psp.h"

#define CONFIG_ARENA (1 * MiB)
#define PAPERS_AT_ONCE 4	/* over all workers of the lane, which has work of its own */
#define PAPER_GATE (GATES - 1)	/* providers have two each, from 0 */
#define HANG_SECONDS 120	/* above every timeout of database and providers together */

/* What the master hands to its workers. */
struct config {
	const char *path;
	struct arena *arena;
	struct settings settings;
};

static struct app app;
static struct router router = { .app = &app };
static struct db_counts counted;
static struct settle_counts settled;

/* Reads path into *c; false, with the reason logged, leaves *c as it was. */
static bool
config_read(void *context)
{
	struct config *c = context, fresh = { .path = c->path, .arena = arena_new(CONFIG_ARENA) };
	struct key key;
	struct span error;
	bool good = settings_read(fresh.arena, c->path, &fresh.settings, &error);

	if (!good)
		log_error("config", "error=\"" PRSPAN "\"", ARGSPAN(error));
	else if (!(good = key_from_text(fresh.settings.token_key.hidden, &key) &&
	    key_from_text(fresh.settings.ticket_key.hidden, &key)))
		log_error("config", "error=\"%s: token_key and ticket_key must be 64 hex digits or 32 characters and more\"", c->path);
	else
		good = assets_read(fresh.arena, fresh.settings.assets_file);
	if (!good) {
		arena_free(fresh.arena);
		return false;
	}
	arena_free(c->arena);
	*c = fresh;
	log_open("foyerd", settings_log_level(&c->settings));
	return true;
}

/* -- in a worker ----------------------------------------------------------------------------------------------------------- */

static void
before_request(struct request *rq)
{
	db_arena(rq->app->db, rq->arena);
	db_clear(rq->app->db);
}

static void
count(struct db_counts db, struct settle_counts money)
{
	metric_add(METRIC_DB_ERRORS, db.errors - counted.errors);
	metric_add(METRIC_DB_RETRIES, db.retries - counted.retries);
	metric_add(METRIC_DB_CONNECTS, db.connects - counted.connects);
	metric_add(METRIC_BOOKINGS_CONFIRMED, money.confirmed - settled.confirmed);
	metric_add(METRIC_REFUNDS_DUE, money.refunds - settled.refunds);
	counted = db;
	settled = money;
}

/* A page made of rows that could not be read must not be shown, whatever its handler thought of it. */
static int
after_request(struct request *rq, int status)
{
	count(db_counts(rq->app->db), settle_counts());
	switch (db_failed(rq->app->db)) {
	case DB_FINE:
		return status;
	case DB_AGAIN:
	case DB_LOST:
		return 503;
	default:
		return 500;
	}
}

static struct psp_gate
psp_gate(struct arena *a, unsigned number, const char *name, int64_t cap)
{
	struct call_cap *gate = ARENA_NEW(a, struct call_cap);

	call_cap_init(gate, number, name, (unsigned)cap);
	return (struct psp_gate){ gate_enter, gate_leave, gate };
}

/* One that hangs must leave workers for the others; and what is fetched for webhooks, a worker for the others' webhooks. */
static void
open_psps(struct arena *a, const struct settings *s)
{
	int64_t calls = s->psp_calls_at_once < s->workers_pay - 1 ? s->psp_calls_at_once : s->workers_pay - 2;
	int64_t fetches = s->workers_webhook - 1;

	app.n_psps = psp_all(a, s, &app.psps);
	for (size_t i = 0; i < app.n_psps; i++) {
		const char *name = app.psps[i].kind->name;

		app.psps[i].gate = psp_gate(a, 2 * (unsigned)i, name, calls > 1 ? calls : 1);
		app.psps[i].fetch_gate = psp_gate(a, 2 * (unsigned)i + 1, arena_fmt(a, "%s-certificates", name).p, fetches > 1 ? fetches : 1);
	}
}

static struct span
push_public(struct arena *a, const struct settings *s)
{
	struct p256_key key;
	struct buf b;

	buf_init(&b, a, 2 * P256_PUBLIC);
	if (p256_key_read(s->push_key.hidden, &key))
		base64url_print(&b, key.public, P256_PUBLIC);
	return buf_view(&b);
}

static const struct router *
worker_start(void *context)
{
	struct config *c = context;
	const struct settings *s = &c->settings;
	struct key seed;

	app.settings = s;
	app.db = db_of_settings(c->arena, s);
	if (!key_from_text(s->token_key.hidden, &app.token_key) || !key_from_text(s->ticket_key.hidden, &seed))
		return NULL;		/* config_read() has tried them */
	signing_key_make(&app.ticket_key, &seed);
	open_psps(c->arena, s);
	app.push_public = push_public(c->arena, s);
	call_cap_init(&app.paper_gate, PAPER_GATE, "foyer-paper", PAPERS_AT_ONCE);
	router.routes = routes;
	router.n = n_routes;
	router.base_url = s->base_url;
	router.content_policy = content_policy(c->arena, psp_form_origins(c->arena, s));
	router.before = before_request;
	router.after = after_request;
	return &router;
}

/* -- in the master --------------------------------------------------------------------------------------------------------- */

static bool
table_is_sound(void)
{
	const struct router all = { .routes = routes, .n = n_routes };
	const struct route *row;
	const char *fault = router_fault(&all, &row);

	if (fault)
		log_error("routes", "pattern=\"%s\" error=\"%s\"", row->pattern, fault);
	return !fault;
}

static int
public_workers(const struct settings *s)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (s->workers_public)
		return (int)s->workers_public;
	return cores > 2 ? (int)cores * 2 : 4;
}

int
main(int argc, char **argv)
{
	struct config c = { .path = NULL };
	struct pool_plan plan;
	bool test = false;
	int option;

	while ((option = getopt(argc, argv, "c:t")) != -1) {
		if (option == 'c')
			c.path = optarg;
		else if (option == 't')
			test = true;
		else
			c.path = NULL, optind = argc + 1;
	}
	if (!c.path || optind != argc) {
		fputs("usage: foyerd [-t] -c FILE\n", stderr);
		return 2;
	}
	log_open("foyerd", LOG_LEVEL_INFO);
	crypto_start();
	if (!config_read(&c) || !table_is_sound())
		return EXIT_FAILURE;
	if (test)
		return EXIT_SUCCESS;
	plan = (struct pool_plan){
		.run_dir = c.settings.run_dir,
		.workers = { public_workers(&c.settings), (int)c.settings.workers_pay, (int)c.settings.workers_webhook,
			(int)c.settings.workers_staff },
		.routes = routes, .n_routes = n_routes,
		.requests_per_worker = c.settings.requests_per_worker,
		.grace_seconds = c.settings.grace_seconds, .hang_seconds = HANG_SECONDS,
		.reload = config_read, .worker_start = worker_start, .context = &c,
	};
	return pool_run(&plan);
}
