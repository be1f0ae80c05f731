/*
 * foyer-sandbox - a stand-in for the payment provider: it plays hosted checkout with refunds and webhooks, moves no money, and can
 * be told to misbehave (sandbox/orders.h, sandbox/control.h). Only for demonstration and tests.
 */
#include "base/base.h"

#include <getopt.h>

#include "base/crypto.h"
#include "sandbox/sandbox.h"

static _Noreturn void
usage(FILE *to, int status)
{
	fputs("usage: foyer-sandbox --socket PATH --state FILE --secret-key sk_test_… --webhook-secret whsec_…\n"
	    "                     --webhook-url URL --public-url URL\n"
	    "\n"
	    "  --socket          FastCGI socket that nginx connects to\n"
	    "  --state           file that keeps sessions, refunds and events over a restart\n"
	    "  --secret-key      the API key that callers must show; begins with sk_test_\n"
	    "  --webhook-secret  signs the webhooks; begins with whsec_\n"
	    "  --webhook-url     where webhooks are posted\n"
	    "  --public-url      where browsers and callers reach it, through nginx; no slash at the end\n", to);
	exit(status);
}

static bool
is_url(const char *s)
{
	return strncmp(s, "http://", 7) == 0 || strncmp(s, "https://", 8) == 0;
}

static void
check(const struct sandbox_options *o)
{
	if (!o->socket || !o->state_file || !o->webhook_url || !o->public_url)
		usage(stderr, 2);
	if (!span_starts(o->key.hidden, "sk_test_") || !span_starts(o->webhook_secret.hidden, "whsec_"))
		die("the secret key must begin with sk_test_, the webhook secret with whsec_");
	if (!is_url(o->webhook_url) || !is_url(o->public_url) || o->public_url[strlen(o->public_url) - 1] == '/')
		die("the addresses must be http or https, and the public one without a slash at the end");
}

int
main(int argc, char **argv)
{
	static const struct option known[] = {
		{ "socket", required_argument, NULL, 's' }, { "state", required_argument, NULL, 'f' },
		{ "secret-key", required_argument, NULL, 'k' }, { "webhook-secret", required_argument, NULL, 'w' },
		{ "webhook-url", required_argument, NULL, 'u' }, { "public-url", required_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' }, { 0 },
	};
	struct sandbox_options o = { .key = { SPAN_NONE }, .webhook_secret = { SPAN_NONE } };

	log_open("foyer-sandbox", LOG_LEVEL_INFO);
	for (int c; (c = getopt_long(argc, argv, "", known, NULL)) != -1;) {
		switch (c) {
		case 's': o.socket = optarg; break;
		case 'f': o.state_file = optarg; break;
		case 'k': o.key.hidden = span_of(optarg); break;
		case 'w': o.webhook_secret.hidden = span_of(optarg); break;
		case 'u': o.webhook_url = optarg; break;
		case 'p': o.public_url = optarg; break;
		case 'h': usage(stdout, 0);
		default: usage(stderr, 2);
		}
	}
	if (optind < argc)
		usage(stderr, 2);
	check(&o);
	crypto_start();
	sandbox_run(&o);
	return 0;
}
