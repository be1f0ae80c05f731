/* sandbox.c - the loop: take requests, save, answer, then tell the merchant; in this order, so that a crash forgets no answer given. */
#include "base/base.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "sandbox/admin.h"
#include "sandbox/control.h"
#include "sandbox/hosted.h"
#include "sandbox/paypal_pki.h"
#include "sandbox/purse.h"
#include "sandbox/webhooks.h"

#define TICK_MS 100
#define REQUESTS_A_ROUND 64

struct span
sandbox_prefix(const struct sandbox_options *o)
{
	const char *host = strstr(o->public_url, "://"), *path = host ? strchr(host + 3, '/') : NULL;

	return span_of(path);
}

/* Some provider's API. */
static bool
call_served(struct sandbox *sb, struct visit *v)
{
	for (size_t i = 0; i < PROVIDERS; i++)
		if (calls_serve(sb, v, all_providers[i]))
			return true;
	return false;
}

void
sandbox_serve(struct sandbox *sb, struct visit *v)
{
	struct span prefix = sandbox_prefix(sb->options);

	if (prefix.n && v->path.n > prefix.n && v->path.p[prefix.n] == '/' && memcmp(v->path.p, prefix.p, prefix.n) == 0)
		v->path = (struct span){ v->path.p + prefix.n, v->path.n - prefix.n };
	sb->visit = v;
	log_request(visit_header(v, "REQUEST_ID"));
	if (v->cut)
		v->drop = true;		/* the caller has gone */
	else if (span_starts(v->path, "/control"))
		control_serve(sb, v);
	else if (span_is(v->path, "/") || span_starts(v->path, "/admin"))
		admin_serve(sb, v);
	else if (!call_served(sb, v))
		hosted_serve(sb, v);
	log_request(SPAN_NONE);
	sb->visit = NULL;
}

/* Signals arrive by a descriptor, so that they are one more thing the loop waits for. */
static int
signals_open(void)
{
	sigset_t set;
	int fd;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		die("no descriptor for signals");
	return fd;
}

static void
loop(struct sandbox *sb, int signals)
{
	struct signalfd_siginfo info;
	int64_t pause;

	while (read(signals, &info, sizeof(info)) < 0) {
		struct visit *v;

		for (int i = 0; i < REQUESTS_A_ROUND && (v = door_next(&sb->door)); i++) {
			purse_tick(sb, clock_now());
			sandbox_serve(sb, v);
			door_wait(&sb->door, v);
		}
		purse_tick(sb, clock_now());
		store_save(&sb->store);
		pause = door_flush(&sb->door, clock_now(), TICK_MS);
		pause = webhooks_run(sb->webhooks, clock_now(), pause);
		store_save(&sb->store);
		webhooks_wait(sb->webhooks, (int[]){ sb->door.sock, signals }, 2, pause);
	}
	log_info("sandbox.stop", "signal=%u", info.ssi_signo);
}

void
sandbox_run(const struct sandbox_options *o)
{
	static const struct asset assets[] = { { "sandbox.css", "/static/sandbox.css" } };
	struct sandbox sb = { .options = o, .requests = json_array(), .forged = json_array() };
	int signals = signals_open();

	html_assets_set(assets, ARRAY_LEN(assets));
	orders_clear(&sb.orders);
	store_open(&sb.store, o->state_file);
	if (o->paypal_id.n)
		sb.pki = play_pki_open(&sb.store, o->paypal_root);
	store_save(&sb.store);
	sb.webhooks = webhooks_new(&sb);
	door_open(&sb.door, o->socket);
	log_info("sandbox.start", "socket=%s public=%s webhook=%s", o->socket, o->public_url, o->webhook_url);
	loop(&sb, signals);
	webhooks_free(sb.webhooks);
	play_pki_free(sb.pki);
	store_close(&sb.store);
	door_close(&sb.door);
	json_decref(sb.requests);
	json_decref(sb.forged);
	close(signals);
}
