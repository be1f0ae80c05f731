/*
 * foyerctl.c - the operator's tool. `foyerctl --help` lists its commands; each is a function here and a row of the table below them.
 *
 * It ends with 0: done, or nothing to complain about; 1: the answer is no (violations, a mistake in a file); 2: wrong usage;
 * 3: it could not be done (configuration, database).
 */
#include "base/base.h"

#include <errno.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/fault.h"
#include "base/files.h"
#include "base/p256.h"
#include "base/settings.h"
#include "db/migrations.h"
#include "db/place.h"
#include "domain/audit.h"
#include "domain/demo_data.h"
#include "domain/outbox.h"
#include "domain/outcome.h"
#include "domain/programme_store.h"
#include "domain/providers.h"
#include "programs/foyerctl.h"
#include "psp/psp.h"

#define ARENA_MOST (1024 * MiB)
#define IN_FLIGHT_SECONDS 300
#define IN_FLIGHT_MOST (400 * 86400)
#define CONFIG_FILE FOYER_SYSCONFDIR "/foyer.conf"

int
ctl_usage(const char *what)
{
	fprintf(stderr, "foyerctl: %s; foyerctl --help tells what there is\n", what);
	return USAGE;
}

static const char *
sql_dir(const struct call *c)
{
	return c->settings->sql_dir[0] ? c->settings->sql_dir : FOYER_DATADIR "/sql";
}

int
ctl_print(const struct buf *b)
{
	return fwrite(b->p, 1, b->n, stdout) == b->n && fflush(stdout) == 0 ? DONE : IMPOSSIBLE;
}

/* -- commands with a database ----------------------------------------------------------------------------------------------- */

static int
do_migrate(struct call *c)
{
	return migrate(c->db, c->arena, sql_dir(c)) ? DONE : IMPOSSIBLE;
}

struct providers {
	struct psp *list;
	size_t n;
};

static bool
some_takes(void *context, struct money m)
{
	const struct providers *p = context;

	for (size_t i = 0; i < p->n; i++)
		if (p->list[i].kind->check_amount(&p->list[i], m))
			return true;
	return false;
}

/* The providers that the settings have and nobody switched off: what none of them takes cannot be sold. */
static struct programme_till
till_of(const struct call *c)
{
	struct providers *p = ARENA_NEW(c->arena, struct providers);
	struct psp *all;
	size_t n = psp_all(c->arena, c->settings, &all);

	p->list = ARENA_ARRAY(c->arena, struct psp, n);
	for (size_t i = 0; i < n; i++)
		if (provider_offered(c->db, c->arena, span_of(all[i].kind->name)))
			p->list[p->n++] = all[i];
	return (struct programme_till){ some_takes, p, p->n };
}

static int
loaded(enum outcome o, struct span mistakes, const struct programme_counts *n)
{
	if (o == OUTCOME_NOT_FOUND) {
		fprintf(stderr, PRSPAN, ARGSPAN(mistakes));
		fputs("foyerctl: nothing was loaded\n", stderr);
		return NO;
	}
	if (o != OUTCOME_OK) {
		fprintf(stderr, "foyerctl: loading ended as %s; the log above says why. It may be tried again.\n", outcome_name(o));
		return IMPOSSIBLE;
	}
	printf("halls %zu, titles %zu, shows %zu new with %zu seats, %zu known, %zu left out because they are past\n", n->halls, n->events,
	    n->new_shows, n->seats, n->known_shows, n->past_shows);
	return DONE;
}

static int
do_demo_data(struct call *c)
{
	bool if_old = c->n_args == 1 && strcmp(c->args[0], "--if-old") == 0;
	struct programme_till till;
	struct demo_counts counts;
	struct span mistakes;
	enum outcome o;
	int end;

	if (c->n_args && !if_old)
		return ctl_usage("demo-data takes --if-old or nothing");
	till = till_of(c);
	o = demo_data_load(c->db, c->arena, arena_fmt(c->arena, "%s/demo", sql_dir(c)).p, &till, if_old, clock_now(), &counts, &mistakes);
	if (o == OUTCOME_OK && if_old && !counts.programme.new_shows) {
		puts("there are shows enough for today and the next days");
		return DONE;
	}
	end = loaded(o, mistakes, &counts.programme);
	if (end == DONE)
		printf("sold %zu seats in %zu bookings\n", counts.seats, counts.bookings);
	return end == DONE && c->settings->report && counts.bookings ? ctl_report_anew(c) : end;
}

static int
do_load(struct call *c)
{
	struct programme *p = programme_new(c->arena, false);
	struct programme_counts counts;
	int64_t now = clock_now();
	enum outcome o;

	if (!c->n_args)
		return ctl_usage("load takes the names of programme files");
	for (int i = 0; i < c->n_args; i++) {
		struct span text;

		if (!file_read(c->arena, c->args[i], PROGRAMME_FILE_MAX, &text)) {
			fprintf(stderr, "foyerctl: %s: %s\n", c->args[i], strerror(errno));
			return IMPOSSIBLE;
		}
		programme_read(p, c->args[i], text);
	}
	p->till = till_of(c);
	o = programme_prepare(c->db, p, now, &counts);
	if (o == OUTCOME_OK)
		o = programme_write(c->db, c->arena, p, now);
	return loaded(o, programme_errors(p), &counts);
}

static int
do_audit(struct call *c)
{
	int64_t in_flight = IN_FLIGHT_SECONDS;
	struct audit_result found;
	struct buf out;
	bool ran;

	if (c->n_args && (c->n_args != 2 || strcmp(c->args[0], "--in-flight") != 0 ||
	    !span_int(span_of(c->args[1]), 0, IN_FLIGHT_MOST, &in_flight)))
		return ctl_usage("audit takes --in-flight SECONDS or nothing");
	buf_init(&out, c->arena, MiB);
	ran = audit_run(c->db, c->arena, in_flight, &out, &found);
	if (ctl_print(&out) != DONE || !ran) {
		fputs("foyerctl: the audit could not be finished; the log above says why\n", stderr);
		return IMPOSSIBLE;
	}
	printf("audit: %" PRId64 " violations, %" PRId64 " warnings, %zu checks, %" PRId64 " ms\n", found.violations, found.warnings,
	    found.checks, found.ms);
	return found.violations ? NO : DONE;
}

/* -- commands without ----------------------------------------------------------------------------------------------------- */

static int
do_config(struct call *c)
{
	struct buf out;

	buf_init(&out, c->arena, MiB);
	settings_explain(&out);
	return ctl_print(&out);
}

static int
do_push_key(struct call *c)
{
	struct p256_key key;
	struct buf out;

	buf_init(&out, c->arena, KiB);
	if (!p256_key_make(&key))
		return IMPOSSIBLE;
	BUF_LIT(&out, "push_key = ");
	base64url_print(&out, key.private, P256_PRIVATE);
	BUF_LIT(&out, "\n# its public half, which browsers are given: ");
	base64url_print(&out, key.public, P256_PUBLIC);
	buf_byte(&out, '\n');
	return ctl_print(&out);
}

static int
do_statements(struct call *c)
{
	static const char *const kinds[] = { "SHOW", "GLOBAL", "DIRECTORY", "SCATTER" };
	struct statement *const *list;
	size_t n = statements_all(&list);

	(void)c;
	for (size_t i = 0; i < n; i++)
		printf("%s\t%s\t%s\t%s\n", list[i]->name, kinds[list[i]->kind], list[i]->file, list[i]->sql);
	return DONE;
}

static int
do_transactions(struct call *c)
{
	const struct transaction *const *list;
	size_t n = transactions_all(&list);

	(void)c;
	for (size_t i = 0; i < n; i++)
		printf("%s\t%s:%d\n", list[i]->name, list[i]->file, list[i]->line);
	return DONE;
}

static int
do_faults(struct call *c)
{
#ifdef FOYER_FAULTS
	static const char *const steps[] = { "begun", "written", "commit_lost", "committed" };
	const struct transaction *const *list;
	const char *const *names;
	size_t n = fault_names(&names), n_tx = transactions_all(&list);

	(void)c;
	for (size_t i = 0; i < n; i++)
		puts(names[i]);
	for (size_t i = 0; i < n_tx; i++)
		for (size_t k = 0; k < ARRAY_LEN(steps); k++)
			printf("%s.%s\n", list[i]->name, steps[k]);
	return DONE;
#else
	(void)c;
	fputs("foyerctl: this was built without fault points (configure --enable-faults)\n", stderr);
	return NO;
#endif
}

static int
do_events(struct call *c)
{
	(void)c;
	for (size_t i = 0; i < n_event_types; i++) {
		const struct event_type *e = &event_types[i];

		printf("%s\t%s\t%s\t%s\t%s\t%s\n", e->type, e->topic, e->subject, e->when, e->payload, e->consumers);
	}
	return DONE;
}

static int
do_version(struct call *c)
{
	(void)c;
#ifdef FOYER_KAFKA
	puts(PACKAGE_STRING ", with Kafka");
#else
	puts(PACKAGE_STRING ", without Kafka");
#endif
	return DONE;
}

static const struct command {
	const char *name, *args;
	enum { ALONE, WITH_DATABASE } needs;
	int (*run)(struct call *);
	const char *doc;
} commands[] = {
	{ "migrate", "", WITH_DATABASE, do_migrate, "brings the database's tables up to date" },
	{ "load", " FILE…", WITH_DATABASE, do_load, "loads a programme: halls, prices, titles, shows (sql/example.programme tells how)" },
	{ "demo-data", " [--if-old]", WITH_DATABASE, do_demo_data, "loads the demonstration's house, shows from today on" },
	{ "audit", " [--in-flight SECONDS]", WITH_DATABASE, do_audit, "holds the database against the rules; 1 if one is broken" },
	{ "reconcile", " [--days N]", WITH_DATABASE, ctl_reconcile, "captured money by day and provider, and what became of it; 1 if it does not add up" },
	{ "attention", " [done LINE WORDS]", WITH_DATABASE, ctl_attention, "what needs a human; \"done\" takes a line off and notes what was done" },
	{ "provider", " [NAME on|off]", WITH_DATABASE, ctl_provider, "which payment providers are offered to buyers; switches one" },
	{ "cancel", " REFERENCE [--seats C7,C8] [--keep AMOUNT]", WITH_DATABASE, ctl_cancel,
	    "gives tickets of a booking back for a buyer: their seats are free, all but AMOUNT goes back" },
	{ "refund", " REFERENCE AMOUNT | done|again SHOW-REFUND [WORDS]", WITH_DATABASE, ctl_refund,
	    "gives money of a booking back without taking tickets, or ends a refund that needs a human" },
	{ "show", " move SHOW YYYY-MM-DD HH:MM", WITH_DATABASE, ctl_show,
	    "a published show begins at another time, of its city: tickets stay valid, and every buyer is told" },
	{ "outbox", " [retry EVENT|all SINK | drop EVENT SINK WORDS]", WITH_DATABASE, ctl_outbox,
	    "events on their way out: how each sink is, what failed; 1 if there are dead letters; tries one again, or drops it for a reason" },
	{ "hooks", " [list | types | add URL [--types A,B] | on|off|rotate|remove|log|test|again ENDPOINT]", WITH_DATABASE, ctl_hooks,
	    "partners that are told of events: who, of what, how it goes; a new secret, a try, what was given up once more" },
	{ "kafka", " topics [--partitions N] [--replicas N]", ALONE, ctl_kafka, "makes the topics of kafka_topic_… that are not there" },
	{ "report", " [--show N] [--from DAY] [--to DAY] [--by show|day|section|channel] [--funnel] [--json] | rebuild | check", WITH_DATABASE,
	    ctl_report, "what was sold and taken, days by the venue's clock; made anew from all events; held against the books, 1 if it differs" },
	{ "webhook", " verify --provider P --headers FILE --body FILE [--now UNIX] [--config FILE] [--cert FILE --roots FILE]", ALONE,
	    ctl_webhook, "what we would say to a delivery: 0 valid, 1 invalid, 2 too old, 3 cannot tell, 64 wrong usage" },
	{ "config", "", ALONE, do_config, "every key of the configuration file, as a file" },
	{ "push-key", "", ALONE, do_push_key, "a new key for web push, as a line of that file; with another one all browsers must be asked anew" },
	{ "statements", "", ALONE, do_statements, "every SQL statement: name, kind, file, text" },
	{ "transactions", "", ALONE, do_transactions, "every transaction: name, place" },
	{ "faults", "", ALONE, do_faults, "every fault point, in a build that has them" },
	{ "events", "", ALONE, do_events, "every type of event: topic, key, when, payload, consumers" },
	{ "version", "", ALONE, do_version, "the version" },
};

static int
help(void)
{
	puts("usage: foyerctl [-c FILE] COMMAND\n\nThe configuration is FILE, or " CONFIG_FILE ".\n");
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		const struct command *k = &commands[i];

		printf("  %s%s\n\t%s\n", k->name, k->args, k->doc);
	}
	printf("\naudit allows money to be in flight for %d seconds, unless told otherwise.\n"
	    "Ends with 0 done, 1 the answer is no, 2 wrong usage, 3 it could not be done.\n", IN_FLIGHT_SECONDS);
	return DONE;
}

static int
run_with_database(const struct command *k, struct call *c, const char *path)
{
	struct settings settings;
	struct span error;
	int end;

	if (!settings_read(c->arena, path, &settings, &error)) {
		fprintf(stderr, "foyerctl: " PRSPAN "\n", ARGSPAN(error));
		return IMPOSSIBLE;
	}
	c->settings = &settings;
	c->db = db_of_settings(c->arena, &settings);
	db_arena(c->db, c->arena);
	end = k->run(c);
	db_free(c->db);
	return end;
}

int
main(int argc, char **argv)
{
	struct call call = { .arena = arena_new(ARENA_MOST) };
	const char *path = CONFIG_FILE;
	int at = 1;

	log_open("foyerctl", LOG_LEVEL_WARN);
	crypto_start();
	if (argc > 2 && strcmp(argv[1], "-c") == 0) {
		path = argv[2];
		at = 3;
	}
	if (at >= argc)
		return ctl_usage("which command?");
	if (strcmp(argv[at], "--help") == 0 || strcmp(argv[at], "-h") == 0 || strcmp(argv[at], "help") == 0)
		return help();
	call.config = path;
	call.args = argv + at + 1;
	call.n_args = argc - at - 1;
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		const struct command *k = &commands[i];

		if (strcmp(k->name, argv[at]) != 0)
			continue;
		if (!*k->args && call.n_args)
			return ctl_usage(arena_fmt(call.arena, "%s takes nothing more", k->name).p);
		return k->needs == WITH_DATABASE ? run_with_database(k, &call, path) : k->run(&call);
	}
	return ctl_usage(arena_fmt(call.arena, "there is no command %s", argv[at]).p);
}
