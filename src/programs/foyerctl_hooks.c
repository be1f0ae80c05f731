/* foyerctl_hooks.c - partners' webhooks: who is told of what, how it goes, and a try. A secret is printed once, when it is made. */
#include "base/base.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/wake.h"
#include "domain/hooks.h"
#include "programs/foyerctl.h"
#include "relay/hook_message.h"
#include "relay/outside.h"

#define LINES_MOST 200
#define HOURS_USUAL 24		/* that the secret before is good for, unless told otherwise */
#define HOURS_MOST 720
#define WORDS_MOST 200
#define ANSWER_SHOWN 400

static int
failed(void)
{
	fputs("foyerctl: the database could not be read or written; the log above says why\n", stderr);
	return IMPOSSIBLE;
}

static int
refused(struct span why)
{
	fprintf(stderr, "foyerctl: " PRSPAN "\n", ARGSPAN(why));
	return NO;
}

static bool
sealing_key(struct call *c, struct key *k)
{
	struct key token_key;

	if (!key_from_text(c->settings->token_key.hidden, &token_key)) {
		fputs("foyerctl: token_key is no key\n", stderr);
		return false;
	}
	*k = hook_key(&token_key);
	return true;
}

/* The endpoint that an argument names; false: said. */
static bool
endpoint_of(struct call *c, const char *text, struct hook_endpoint *e, int *end)
{
	struct hook_endpoint *list;
	int64_t id = 0;
	size_t n;

	*end = IMPOSSIBLE;
	if (!hook_endpoints(c->db, c->arena, &list, &n)) {
		failed();
		return false;
	}
	*end = NO;
	span_int(span_of(text), 1, INT64_MAX, &id);
	for (size_t i = 0; i < n; i++)
		if (list[i].id == id) {
			*e = list[i];
			return true;
		}
	fprintf(stderr, "foyerctl: there is no endpoint %s\n", text);
	return false;
}

/* "booking.confirmed,refund.done", as the outbox has them, blanks between. */
static bool
read_types(struct call *c, const char *text, struct span *types)
{
	struct span rest = span_of(text);
	struct buf b;

	buf_init(&b, c->arena, 600);
	while (rest.n) {
		struct span word = span_trim(span_cut(&rest, ',')), type = hook_type_read(c->arena, word);

		if (!type.n) {
			fprintf(stderr, "foyerctl: there is no type \"" PRSPAN "\" for partners\n", ARGSPAN(word));
			return false;
		}
		buf_text(&b, b.n ? " " : "");
		buf_span(&b, type);
	}
	*types = buf_view(&b);
	return !b.failed;
}

static int
print_secret(struct call *c, int64_t id, const struct hook_secret *s)
{
	struct span text = hook_secret_text(c->arena, s);

	printf("endpoint %" PRId64 "\nsecret   " PRSPAN "\n\nThe secret is not shown again: give it to the partner now.\n", id,
	    ARGSPAN(text));
	return DONE;
}

static int
add(struct call *c)
{
	struct span plain, why, types = SPAN_NONE;
	struct hook_secret secret = hook_secret_new();
	struct hook_endpoint *list;
	struct key k;
	int64_t id;
	size_t n;

	if (!outside_url_good(c->arena, c->settings->outside_allow, c->args[1], &plain, &why))
		return refused(why);
	if (c->n_args == 4 && !read_types(c, c->args[3], &types))
		return NO;
	if (!sealing_key(c, &k))
		return IMPOSSIBLE;
	if (!hook_endpoints(c->db, c->arena, &list, &n))
		return failed();
	if (n >= HOOK_ENDPOINTS_MOST)
		return refused(SPAN("there are as many endpoints as there may be"));
	id = hook_endpoint_add(c->db, plain, types, hook_secret_sealed(c->arena, &k, &secret));
	if (!id || db_failed(c->db) != DB_FINE)
		return failed();
	if (!c->settings->hooks)
		fputs("foyerctl: nothing is sent yet: foyer-relay calls partners where the configuration says hooks = yes\n", stderr);
	return print_secret(c, id, &secret);
}

static void
print_endpoint(struct buf *b, struct call *c, const struct hook_endpoint *e, const struct hook_sums *s)
{
	struct span rest = e->types;

	buf_fmt(b, "%" PRId64 "\t%s\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t" PRSPAN "\t%s", e->id, e->on ? "on" : "off", s->waiting, s->sent,
	    s->dead, ARGSPAN(e->url), rest.n ? "" : "all");
	while (rest.n) {
		buf_span(b, hook_type_print(c->arena, span_cut(&rest, ' ')));
		buf_text(b, rest.n ? "," : "");
	}
	buf_fmt(b, "%s" PRSPAN "%s\n", e->why.n ? "\t" : "", ARGSPAN(e->why), e->before.n ? "\ttwo secrets" : "");
}

static int
list(struct call *c)
{
	struct hook_endpoint *endpoints;
	struct hook_sums sums;
	struct buf b;
	size_t n;

	if (!hook_endpoints(c->db, c->arena, &endpoints, &n))
		return failed();
	buf_init(&b, c->arena, MiB);
	buf_text(&b, "endpoint\tstate\twaiting\tsent\tdead\turl\ttypes\twhy\n");
	for (size_t i = 0; i < n; i++) {
		if (!hook_sums(c->db, endpoints[i].id, &sums))
			return failed();
		print_endpoint(&b, c, &endpoints[i], &sums);
	}
	return ctl_print(&b);
}

static int
types(struct call *c)
{
	const char *const *all;
	size_t n = hook_types(&all);

	for (size_t i = 0; i < n; i++)
		puts(CSTR(c->arena, hook_type_print(c->arena, span_of(all[i]))));
	return DONE;
}

static int
turn(struct call *c, const struct hook_endpoint *e)
{
	bool on = strcmp(c->args[0], "on") == 0;
	struct span why = on ? SPAN_NONE : c->n_args == 3 ? span_trim(span_of(c->args[2])) : SPAN("by an operator");

	if (why.n > WORDS_MOST || !span_utf8(why))
		return ctl_usage("the words that say why are too long");
	if (!hook_endpoint_switch(c->db, e->id, on, why))
		return failed();
	wake_all(wake_new(c->arena, c->settings->run_dir, "relay"));
	printf("endpoint %" PRId64 " is %s\n", e->id, on ? "on" : "off");
	return DONE;
}

static int
rotate(struct call *c, const struct hook_endpoint *e)
{
	struct hook_secret secret = hook_secret_new();
	int64_t hours = HOURS_USUAL;
	struct key k;

	if (c->n_args == 4 && (strcmp(c->args[2], "--hours") != 0 || !span_int(span_of(c->args[3]), 0, HOURS_MOST, &hours)))
		return ctl_usage("hooks rotate ENDPOINT takes --hours N, 0 to 720, or nothing");
	if (!sealing_key(c, &k))
		return IMPOSSIBLE;
	if (!hook_endpoint_rotate(c->db, e->id, hook_secret_sealed(c->arena, &k, &secret), hours))
		return failed();
	printf("the secret before is good for %" PRId64 " hours more\n", hours);
	return print_secret(c, e->id, &secret);
}

static int
forget(struct call *c, const struct hook_endpoint *e)
{
	if (!hook_endpoint_remove(c->db, e->id))
		return failed();
	printf("endpoint %" PRId64 " is no more, nor what waited for it\n", e->id);
	return DONE;
}

static int
show_log(struct call *c, const struct hook_endpoint *e)
{
	struct hook_line *lines;
	struct buf b;
	size_t n;

	if (!hook_log(c->db, c->arena, e->id, LINES_MOST, &lines, &n))
		return failed();
	buf_init(&b, c->arena, MiB);
	buf_text(&b, "webhook-id\tsince\tstate\tattempts\tstatus\tagain or ended\twhy\n");
	for (size_t i = 0; i < n; i++) {
		const struct hook_line *l = &lines[i];

		buf_fmt(&b, "%" PRId64 "-%" PRId64 "\t", l->show, l->event);
		isotime_print(&b, (struct moment){ .ms = l->created_ms });
		buf_fmt(&b, "\t" PRSPAN "\t%" PRId64 "\t%" PRId64 "\t", ARGSPAN(l->state), l->attempts, l->status);
		isotime_print(&b, (struct moment){ .ms = l->done_ms ? l->done_ms : l->due_ms });
		buf_fmt(&b, "\t" PRSPAN "\n", ARGSPAN(l->error));
	}
	return ctl_print(&b);
}

/* What the partner answers is printed so that it can do nothing to a terminal. */
static void
print_answer(const struct outside_answer *a)
{
	for (size_t i = 0; i < a->body.n && i < ANSWER_SHOWN; i++)
		putchar(a->body.p[i] == '\n' || (a->body.p[i] >= ' ' && a->body.p[i] <= '~') ? a->body.p[i] : '?');
	if (a->body.n)
		putchar('\n');
}

static int
try_it(struct call *c, const struct hook_endpoint *e)
{
	struct hook_message m = hook_ping(c->arena, e, clock_now());
	struct span headers[HOOK_HEADERS];
	struct outside_letter letter = { .url = CSTR(c->arena, e->url), .headers = headers, .n_headers = HOOK_HEADERS, .body = m.body };
	struct outside_answer answer;
	int64_t began = clock_steady();
	struct key k;

	if (!sealing_key(c, &k))
		return IMPOSSIBLE;
	if (!hook_headers(c->arena, &k, e, &m, clock_now(), headers))
		return refused(SPAN("its secret was sealed by another token_key; rotate it"));
	outside_post(c->arena, c->settings->outside_allow, &letter, &answer);
	printf(PRSPAN " to " PRSPAN "\n", ARGSPAN(m.id), ARGSPAN(e->url));
	if (answer.status)
		printf("status %ld, %" PRId64 " ms\n", answer.status, clock_steady() - began);
	else
		printf("no answer: " PRSPAN "\n", ARGSPAN(answer.why));
	print_answer(&answer);
	return answer.status >= 200 && answer.status <= 299 ? DONE : NO;
}

static int
again(struct call *c, const struct hook_endpoint *e)
{
	int64_t n = hooks_again(c->db, e->id);

	if (db_failed(c->db) != DB_FINE)
		return failed();
	wake_all(wake_new(c->arena, c->settings->run_dir, "relay"));
	printf("%" PRId64 " will be tried again, for %d days\n", n, HOOK_DAYS);
	return n ? DONE : NO;
}

static const struct {
	const char *name;
	int least, most;		/* words, with the name */
	int (*run)(struct call *, const struct hook_endpoint *);
} of_endpoint[] = {
	{ "on", 2, 2, turn }, { "off", 2, 3, turn }, { "rotate", 2, 4, rotate }, { "remove", 2, 2, forget }, { "log", 2, 2, show_log },
	{ "test", 2, 2, try_it }, { "again", 2, 2, again },
};

int
ctl_hooks(struct call *c)
{
	const char *what = c->n_args ? c->args[0] : "list";
	struct hook_endpoint e;
	int end;

	if (c->n_args <= 1 && strcmp(what, "list") == 0)
		return list(c);
	if (c->n_args == 1 && strcmp(what, "types") == 0)
		return types(c);
	if ((c->n_args == 2 || (c->n_args == 4 && strcmp(c->args[2], "--types") == 0)) && strcmp(what, "add") == 0)
		return add(c);
	for (size_t i = 0; i < ARRAY_LEN(of_endpoint); i++)
		if (strcmp(what, of_endpoint[i].name) == 0 && c->n_args >= of_endpoint[i].least && c->n_args <= of_endpoint[i].most)
			return endpoint_of(c, c->args[1], &e, &end) ? of_endpoint[i].run(c, &e) : end;
	return ctl_usage("hooks takes list, types, add URL [--types A,B], on|off|rotate|remove|log|test|again ENDPOINT");
}
