/* stack.c - see stack.h. Everything is asked of ./demo, so that the command users run is what the tests stand on. */
#include "stack.h"
#include "logs.h"

#include <arpa/inet.h>
#include <ftw.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/files.h"
#include "visitor.h"

const char *
stack_top(void)
{
	const char *dir = getenv("srcdir");

	return dir && *dir ? dir : ".";
}

static const char *
build(void)
{
	const char *dir = getenv("FOYER_BUILD");

	return dir && *dir ? dir : "build";
}

static bool
port_free(int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
	bool ok;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	ok = fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0;
	close(fd);
	return ok;
}

static int
ports_pick(void)
{
	for (int i = 0; i < 200; i++) {
		int port = 20000 + 4 * (int)random_below(2500);

		if (port_free(port) && port_free(port + 1) && port_free(port + 2))
			return port;
	}
	die("no free ports");
}

static int
status_of(int r)
{
	return WIFEXITED(r) ? WEXITSTATUS(r) : 128;
}

/* Programs started here must not inherit our standard input, and say what they say into the log. */
static int
shell(struct stack *s, const char *command)
{
	return status_of(system(arena_fmt(s->arena, "{ %s ; } >>%s/test.log 2>&1 </dev/null", command, s->folder).p));
}

static const char *env_of_stack = "";

static const char *
environment(struct stack *s)
{
	return arena_fmt(s->arena, "FOYER_NO_BUILD=1 FOYER_DB_FAST=1 FOYER_VAR=%s FOYER_PORT=%d FOYER_BUILD=%s "
	    "FOYER_CONFIG_EXTRA=%s/extra.conf %s", s->folder, s->port, build(), s->folder, env_of_stack).p;
}

int
stack_demo(struct stack *s, const char *words)
{
	return shell(s, arena_fmt(s->arena, "%s %s/demo %s", environment(s), stack_top(), words).p);
}

static void
print_log(struct stack *s)
{
	struct span text;

	if (file_read(s->arena, arena_fmt(s->arena, "%s/test.log", s->folder).p, 4 * MiB, &text))
		fprintf(stderr, PRSPAN, ARGSPAN(text));
}

static void
connect_root(struct stack *s)
{
	const char *socket = getenv("FOYER_DB_SOCKET"), *name = getenv("FOYER_DB_NAME");
	const char *own = arena_fmt(s->arena, "%s/run/db.sock", s->folder).p;
	struct db_place place = { socket && *socket ? socket : own, "", 0, "root", "", name && *name ? name : "foyer" };

	s->db = db_new(&place);
	db_arena(s->db, s->arena);
}

void
stack_open(struct stack *s, const char *programme, const char *extra, const char *env)
{
	FILE *f;

	crypto_start();
	log_open("test", LOG_LEVEL_ERROR);
	memset(s, 0, sizeof(*s));
	s->arena = arena_new(512 * MiB);
	snprintf(s->folder, sizeof(s->folder), "/tmp/foyer-test-%d-%08x", (int)getpid(), random_below(UINT32_MAX));
	if (mkdir(s->folder, 0700) != 0)
		die("%s cannot be made", s->folder);
	s->port = ports_pick();
	f = fopen(arena_fmt(s->arena, "%s/extra.conf", s->folder).p, "we");
	if (!f)
		die("no extra.conf");
	fputs(extra, f);
	fclose(f);
	env_of_stack = arena_fmt(s->arena, "FOYER_PROGRAMME=%s/%s %s", stack_top(), programme, env).p;
	if (stack_demo(s, "start") != 0) {
		print_log(s);
		stack_close(s);
		exit(EXIT_FAILURE);
	}
	/* the tests call the reaper themselves, when they want it */
	stack_demo(s, "stop cron");
	connect_root(s);
}

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

void
stack_close(struct stack *s)
{
	stack_demo(s, "stop");
	if (s->db)
		db_free(s->db);
	if (!getenv("FOYER_TEST_KEEP"))
		nftw(s->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	logs_forget();
	arena_free(s->arena);
}

int
stack_audit(struct stack *s)
{
	return status_of(system(arena_fmt(s->arena, "%s/foyerctl -c %s/foyer.conf audit --in-flight 0 </dev/null", build(), s->folder).p));
}

void
stack_reap(struct stack *s)
{
	if (shell(s, arena_fmt(s->arena, "%s/foyer-reaper -c %s/foyer.conf --once", build(), s->folder).p) != 0)
		fprintf(stderr, "the reaper failed\n");
}

int
stack_ctl(struct stack *s, const char *words)
{
	return shell(s, arena_fmt(s->arena, "%s/foyerctl -c %s/foyer.conf %s", build(), s->folder, words).p);
}

int
stack_ctl_says(struct stack *s, const char *words, const char **text)
{
	int status = stack_ctl(s, arena_fmt(s->arena, "%s >%s/said", words, s->folder).p);
	struct span said;

	*text = file_read(s->arena, arena_fmt(s->arena, "%s/said", s->folder).p, MiB, &said) ? said.p : "";
	return status;
}

static struct span
formatted(struct stack *s, const char *fmt, va_list ap)
{
	struct buf b;
	char text[8192];

	vsnprintf(text, sizeof(text), fmt, ap);
	buf_init(&b, s->arena, sizeof(text));
	buf_text(&b, text);
	return buf_view(&b);
}

static const char *
ask(struct stack *s, struct span sql)
{
	struct buf out;

	db_clear(s->db);
	buf_init(&out, s->arena, 1 * MiB);
	for (int i = 0; i < 5 && !db_print(s->db, sql, &out) && (db_failed(s->db) == DB_LOST || db_failed(s->db) == DB_AGAIN); i++) {
		db_clear(s->db);
		buf_clear(&out);
	}
	if (db_failed(s->db) != DB_FINE)
		fprintf(stderr, "SQL failed: " PRSPAN "\n", ARGSPAN(sql));
	return out.p;
}

const char *
stack_text(struct stack *s, const char *fmt, ...)
{
	va_list ap;
	struct span sql;

	va_start(ap, fmt);
	sql = formatted(s, fmt, ap);
	va_end(ap);
	return ask(s, sql);
}

int64_t
stack_number(struct stack *s, const char *fmt, ...)
{
	va_list ap;
	struct span sql, answer;
	int64_t v = INT64_MIN;

	va_start(ap, fmt);
	sql = formatted(s, fmt, ap);
	va_end(ap);
	answer = span_of(ask(s, sql));
	answer = span_cut(&answer, '\n');
	answer = span_cut(&answer, '\t');
	span_int(answer, INT64_MIN, INT64_MAX, &v);
	return v;
}

void
stack_sql(struct stack *s, const char *fmt, ...)
{
	va_list ap;
	struct span sql;

	va_start(ap, fmt);
	sql = formatted(s, fmt, ap);
	va_end(ap);
	ask(s, sql);
}

void
stack_later(struct stack *s, int seconds)
{
	stack_sql(s, "UPDATE holds SET expires_at = TIMESTAMPADD(SECOND, -%d, expires_at), seats_until = TIMESTAMPADD(SECOND, -%d, seats_until), "
	    "longest_until = TIMESTAMPADD(SECOND, -%d, longest_until), created_at = TIMESTAMPADD(SECOND, -%d, created_at), "
	    "warned_for = TIMESTAMPADD(SECOND, -%d, warned_for) WHERE state = 'active'", seconds, seconds, seconds, seconds, seconds);
	stack_sql(s, "UPDATE show_seats SET expires_at = TIMESTAMPADD(SECOND, -%d, expires_at) WHERE status = 'held'", seconds);
	stack_sql(s, "UPDATE payments SET asked_at = TIMESTAMPADD(SECOND, -%d, asked_at), created_at = TIMESTAMPADD(SECOND, -%d, created_at), "
	    "ask_at = TIMESTAMPADD(SECOND, -%d, ask_at), claimed_at = TIMESTAMPADD(SECOND, -%d, claimed_at)", seconds, seconds, seconds, seconds);
	stack_sql(s, "UPDATE refunds SET due_at = TIMESTAMPADD(SECOND, -%d, due_at)", seconds);
}

void
stack_all_due(struct stack *s)
{
	stack_sql(s, "UPDATE payments SET asked_at = NULL, ask_at = UTC_TIMESTAMP(3) WHERE state IN ('created', 'open', 'capturing')");
	stack_sql(s, "UPDATE refunds SET due_at = UTC_TIMESTAMP(3) WHERE state = 'pending'");
}

/* A visitor who has the provider's key. */
static struct visitor *
merchant(struct stack *s)
{
	struct visitor *v = visitor_new(s);
	struct span key;

	if (!file_read(s->arena, arena_fmt(s->arena, "%s/secrets/stripe_key", s->folder).p, 4096, &key))
		die("no stripe key");
	visitor_says(v, arena_fmt(s->arena, "Authorization: Bearer " PRSPAN, ARGSPAN(key)).p);
	return v;
}

struct page
stack_at_provider(struct stack *s, const char *path, const char *form)
{
	struct visitor *v = merchant(s);
	struct page p = visitor_post(v, arena_fmt(s->arena, "http://127.0.0.1:%d%s", s->port + 2, path).p, form);

	visitor_free(v);
	return p;
}

struct page
stack_ask_provider(struct stack *s, const char *path)
{
	struct visitor *v = merchant(s);
	struct page p = visitor_get(v, arena_fmt(s->arena, "http://127.0.0.1:%d%s", s->port + 2, path).p);

	visitor_free(v);
	return p;
}

void
stack_control(struct stack *s, const char *orders)
{
	struct page p = stack_at_provider(s, "/control", orders);

	if (p.status != 200 && p.status != 204)
		fprintf(stderr, "control %s: %d " PRSPAN "\n", orders, p.status, ARGSPAN(p.body));
}

bool
stack_until(struct stack *s, int seconds, int64_t wanted, const char *select)
{
	int64_t end = clock_steady() + seconds * 1000;

	do {
		if (stack_number(s, "%s", select) == wanted)
			return true;
		usleep(50000);
	} while (clock_steady() < end);
	fprintf(stderr, "%s never gave %" PRId64 ", at last %" PRId64 "\n", select, wanted, stack_number(s, "%s", select));
	return false;
}
