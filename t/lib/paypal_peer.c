/* paypal_peer.c - see paypal_peer.h. */
#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "t/lib/paypal_peer.h"

#include "psp/psp.h"

int
wire_open(void **state)
{
	struct wire *w = calloc(1, sizeof(*w));

	peer_open(&w->peer);
	w->arena = w->peer.arena;
	w->script = w->peer.script;
	w->settings = (struct settings){
		.house_name = "Foyer", .paypal_client_id = "client-1", .paypal_client_secret = { SPAN("hidden?secret") },
		.paypal_webhook_id = "1JE4291016473214C", .paypal_webhook_check = "api", .paypal_certificates = "https://x.test/certs/",
		.paypal_base_url = CSTR(w->arena, w->peer.url), .psp_timeout_ms = PEER_TIMEOUT_MS,
	};
	assert_int_equal(psp_all(w->arena, &w->settings, &w->paypal), 1);
	peer_gate(&w->peer, w->paypal);
	*state = w;
	return 0;
}

int
wire_close(void **state)
{
	struct wire *w = *state;

	peer_close(&w->peer);
	free(w);
	return 0;
}

void
wire_reply(struct wire *w, int i, int status, const char *body)
{
	peer_reply(&w->peer, i, status, "Paypal-Debug-Id: d1\r\n", body);
}

void
wire_assert_sent(struct wire *w, const char *piece)
{
	peer_assert_sent(&w->peer, piece);
}

struct refund_ask
wire_refund_ask(void)
{
	return (struct refund_ask){ .session = SPAN("5O190"), .capture = SPAN("2GG27"), .reference = SPAN("12-77"), .key = SPAN("refund-77"),
		.amount = money_of(1550, SPAN("GBP")) };
}

enum psp_result
wire_refunds(struct wire *w, struct refund_report *out)
{
	struct refund_ask ask = wire_refund_ask();

	ask.body = w->paypal->kind->refund_body(w->paypal, w->arena, &ask);
	return w->paypal->kind->refund(w->paypal, w->arena, &ask, out);
}

void
wire_signed_in(struct wire *w)
{
	struct payment_report p;

	wire_reply(w, 0, 200, TOKEN("A21AA-first", "3660"));
	wire_reply(w, 1, 200, ORDER("CREATED", "{}"));
	assert_int_equal(w->paypal->kind->fetch_status(w->paypal, w->arena, SPAN("5O190"), &p), PSP_OK);
	assert_int_equal(w->script->requests, 2);
}
