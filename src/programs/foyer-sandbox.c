/*
 * foyer-sandbox - a stand-in for the payment providers Stripe, Razorpay and PayPal: it plays their hosted pages with refunds and
 * webhooks, moves no money, keeps books, and can be told to misbehave (sandbox/orders.h, sandbox/control.h, its page at /admin). Only
 * for demonstration and tests.
 */
#include "base/base.h"

#include <getopt.h>

#include "base/crypto.h"
#include "sandbox/sandbox.h"

static _Noreturn void
usage(FILE *to, int status)
{
	fputs("usage: foyer-sandbox --socket PATH --state FILE --webhook-url URL --public-url URL\n"
	    "                     --secret-key sk_test_… --webhook-secret whsec_…\n"
	    "                     [--razorpay-key-id rzp_test_… --razorpay-key-secret … --razorpay-webhook-secret …]\n"
	    "                     [--paypal-client-id … --paypal-secret … --paypal-webhook-id … [--paypal-root FILE]]\n"
	    "\n"
	    "  --socket          FastCGI socket that nginx connects to\n"
	    "  --state           file that keeps payments, refunds, events and the books over a restart\n"
	    "  --webhook-url     where webhooks are posted; /stripe, /razorpay or /paypal is appended\n"
	    "  --public-url      where browsers and callers reach it, through nginx; no slash at the end\n"
	    "  --secret-key      Stripe's API key that callers must show, and whoever gives orders; begins with sk_test_\n"
	    "  --webhook-secret  signs Stripe's webhooks; begins with whsec_\n"
	    "  --razorpay-…      Razorpay's key, its secret, and what signs its webhooks; its API is at PUBLIC-URL/razorpay\n"
	    "  --paypal-…        PayPal's client, its secret, and the webhook's id; its API is at PUBLIC-URL/paypal\n"
	    "  --paypal-root     where the certificate of the authority is written that PayPal's webhooks can be checked with\n", to);
	exit(status);
}

static bool
is_url(const char *s)
{
	return (strncmp(s, "http://", 7) == 0 || strncmp(s, "https://", 8) == 0) && s[strlen(s) - 1] != '/';
}

static void
check(const struct sandbox_options *o)
{
	bool some_razorpay = o->razorpay_id.n || o->razorpay_secret.hidden.n || o->razorpay_webhook_secret.hidden.n;
	bool some_paypal = o->paypal_id.n || o->paypal_secret.hidden.n || o->paypal_webhook_id.n;

	if (!o->socket || !o->state_file || !o->webhook_url || !o->public_url)
		usage(stderr, 2);
	if (!span_starts(o->key.hidden, "sk_test_") || !span_starts(o->webhook_secret.hidden, "whsec_"))
		die("the secret key must begin with sk_test_, the webhook secret with whsec_");
	if (some_razorpay && (!span_starts(o->razorpay_id, "rzp_test_") || !o->razorpay_secret.hidden.n || !o->razorpay_webhook_secret.hidden.n))
		die("Razorpay needs a key id that begins with rzp_test_, its secret and the webhook secret");
	if (some_paypal && (!o->paypal_id.n || !o->paypal_secret.hidden.n || !o->paypal_webhook_id.n))
		die("PayPal needs a client id, its secret and the webhook id");
	if (!is_url(o->webhook_url) || !is_url(o->public_url))
		die("the addresses must be http or https, without a slash at the end");
}

int
main(int argc, char **argv)
{
	static const struct option known[] = {
		{ "socket", required_argument, NULL, 's' }, { "state", required_argument, NULL, 'f' },
		{ "secret-key", required_argument, NULL, 'k' }, { "webhook-secret", required_argument, NULL, 'w' },
		{ "webhook-url", required_argument, NULL, 'u' }, { "public-url", required_argument, NULL, 'p' },
		{ "razorpay-key-id", required_argument, NULL, 'R' }, { "razorpay-key-secret", required_argument, NULL, 'K' },
		{ "razorpay-webhook-secret", required_argument, NULL, 'W' }, { "paypal-client-id", required_argument, NULL, 'P' },
		{ "paypal-secret", required_argument, NULL, 'S' }, { "paypal-webhook-id", required_argument, NULL, 'I' },
		{ "paypal-root", required_argument, NULL, 'C' }, { "help", no_argument, NULL, 'h' }, { 0 },
	};
	struct sandbox_options o = { .key = { SPAN_NONE }, .webhook_secret = { SPAN_NONE }, .razorpay_id = SPAN_NONE,
		.razorpay_secret = { SPAN_NONE }, .razorpay_webhook_secret = { SPAN_NONE }, .paypal_id = SPAN_NONE,
		.paypal_webhook_id = SPAN_NONE, .paypal_secret = { SPAN_NONE } };

	log_open("foyer-sandbox", LOG_LEVEL_INFO);
	for (int c; (c = getopt_long(argc, argv, "", known, NULL)) != -1;) {
		switch (c) {
		case 's': o.socket = optarg; break;
		case 'f': o.state_file = optarg; break;
		case 'k': o.key.hidden = span_of(optarg); break;
		case 'w': o.webhook_secret.hidden = span_of(optarg); break;
		case 'u': o.webhook_url = optarg; break;
		case 'p': o.public_url = optarg; break;
		case 'R': o.razorpay_id = span_of(optarg); break;
		case 'K': o.razorpay_secret.hidden = span_of(optarg); break;
		case 'W': o.razorpay_webhook_secret.hidden = span_of(optarg); break;
		case 'P': o.paypal_id = span_of(optarg); break;
		case 'S': o.paypal_secret.hidden = span_of(optarg); break;
		case 'I': o.paypal_webhook_id = span_of(optarg); break;
		case 'C': o.paypal_root = optarg; break;
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
