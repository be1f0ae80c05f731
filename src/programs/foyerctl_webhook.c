/*
 * foyerctl_webhook.c - what we would say to a delivery, with the web handler's own code, from files. Nothing is fetched, asked or
 * stored: without what a signature is checked with the answer is "cannot tell".
 */
#include "base/base.h"

#include <errno.h>
#include <strings.h>

#include "base/clock.h"
#include "base/files.h"
#include "flows/flows.h"
#include "programs/foyerctl.h"
#include "psp/psp.h"

#define HEADERS_MAX (64 * KiB)
#define BODY_MAX MiB
#define ROOTS_MAX (16 * MiB)
#define EXIT_USAGE 64

enum { VALID, INVALID, STALE, CANNOT_TELL };	/* exit codes */

struct verifying {
	const char *provider, *headers_file, *body_file, *now, *config, *cert_file, *roots_file;
	struct span headers;
};

static int
wrong(const char *what)
{
	fprintf(stderr, "foyerctl: %s\nusage: foyerctl webhook verify --provider P --headers FILE --body FILE [--now UNIX] [--config FILE] "
	    "[--cert FILE --roots FILE]\n", what);
	return EXIT_USAGE;
}

static bool
read_args(struct call *c, struct verifying *v)
{
	const struct {
		const char *name;
		const char **value;
	} options[] = {
		{ "--provider", &v->provider }, { "--headers", &v->headers_file }, { "--body", &v->body_file }, { "--now", &v->now },
		{ "--config", &v->config }, { "--cert", &v->cert_file }, { "--roots", &v->roots_file },
	};

	if (c->n_args < 1 || strcmp(c->args[0], "verify") != 0 || c->n_args % 2 == 0)
		return false;
	for (int i = 1; i < c->n_args; i += 2) {
		size_t k = 0;

		while (k < ARRAY_LEN(options) && strcmp(c->args[i], options[k].name) != 0)
			k++;
		if (k == ARRAY_LEN(options))
			return false;
		*options[k].value = c->args[i + 1];
	}
	return v->provider && v->headers_file && v->body_file;
}

/* "Name: value" a line, ended by LF or CRLF; the first of that name. */
static struct span
header_named(void *at, struct arena *a, const char *name)
{
	struct span rest = *(struct span *)at;

	while (rest.n) {
		struct span value = span_cut(&rest, '\n'), key = span_cut(&value, ':');

		if (key.n == strlen(name) && strncasecmp(key.p, name, key.n) == 0)
			return arena_copy(a, span_trim(value));
	}
	return SPAN_NONE;
}

static bool
read_file(struct arena *a, const char *path, size_t most, struct span *text)
{
	if (file_read(a, path, most, text))
		return true;
	fprintf(stderr, "foyerctl: %s: %s\n", path, strerror(errno));
	return false;
}

/* Checking a message needs no key of the API's; without one the provider would not be there at all. */
static void
lend_keys(struct settings *s)
{
	if (!s->stripe_secret_key.hidden.n)
		s->stripe_secret_key.hidden = SPAN("sk_test_lent");
	if (!s->razorpay_key_secret.hidden.n) {
		s->razorpay_key_id = "rzp_test_lent";
		s->razorpay_key_secret.hidden = SPAN("lent");
	}
	if (!s->paypal_client_secret.hidden.n) {
		s->paypal_client_id = "lent";
		s->paypal_client_secret.hidden = SPAN("lent");
	}
}

static int
say(enum judged j)
{
	static const struct {
		const char *words;
		int exit;
	} ends[] = {
		[JUDGED_SIGNED] = { "valid", VALID }, [JUDGED_FALSE] = { "invalid", INVALID }, [JUDGED_OLD] = { "too old", STALE },
		[JUDGED_UNKNOWN] = { "cannot tell: no secret, or no certificate", CANNOT_TELL },
	};

	puts(ends[j].words);
	return ends[j].exit;
}

int
ctl_webhook(struct call *c)
{
	struct verifying v = { .config = c->config, .headers = SPAN_NONE };
	struct delivery d = { .header = header_named, .at = &v.headers, .now_ms = clock_now(), .fetched = SPAN_NONE };
	struct flow flow = { .db = NULL, .arena = c->arena };
	struct settings settings;
	struct psp *psp;
	struct span error, roots;
	int64_t now;

	if (!read_args(c, &v))
		return wrong("verify needs a provider, headers and body");
	if (v.now && !span_int(span_of(v.now), 0, INT64_MAX / 1000, &now))
		return wrong("--now is seconds since 1970");
	if (!settings_read_part(c->arena, v.config, &settings, &error)) {
		fprintf(stderr, "foyerctl: " PRSPAN "\n", ARGSPAN(error));
		return EXIT_USAGE;
	}
	if (v.now)
		d.now_ms = now * 1000;
	if (v.roots_file)
		settings.paypal_roots = v.roots_file;
	if (v.cert_file)
		settings.paypal_webhook_check = "certificate";
	if (!read_file(c->arena, v.headers_file, HEADERS_MAX, &v.headers) || !read_file(c->arena, v.body_file, BODY_MAX, &d.body) ||
	    (v.cert_file && !read_file(c->arena, v.cert_file, HEADERS_MAX, &d.fetched)) ||
	    (v.roots_file && !read_file(c->arena, v.roots_file, ROOTS_MAX, &roots)))	/* else it would look like "cannot tell" */
		return EXIT_USAGE;
	lend_keys(&settings);
	flow.n_psps = psp_all(c->arena, &settings, &flow.psps);
	psp = psp_named(flow.psps, flow.n_psps, span_of(v.provider));
	if (!psp) {
		fprintf(stderr, "foyerctl: there is no provider %s, or %s has a wrong setting of it\n", v.provider, v.config);
		return EXIT_USAGE;
	}
	return say(judge_delivery(&flow, psp, &d));
}
