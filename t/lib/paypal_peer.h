/*
 * paypal_peer.h - for tests of the PayPal provider: one that speaks to a server of the test's (peer.h), and PayPal's answers. Before its
 * first call a provider asks for an access token, so most tests have one had beforehand.
 */
#ifndef FOYER_T_PAYPAL_PEER_H
#define FOYER_T_PAYPAL_PEER_H

#include "t/lib/peer.h"

#include "base/settings.h"

struct wire {
	struct peer peer;
	struct arena *arena;
	struct psp *paypal;
	struct peer_script *script;
	struct settings settings;
};

int wire_open(void **state);
int wire_close(void **state);
void wire_signed_in(struct wire *);	/* it has a token for an hour, and its server was asked nothing yet */
void wire_reply(struct wire *, int i, int status, const char *body);	/* peer_reply with PayPal's name for the call */
void wire_assert_sent(struct wire *, const char *piece);
struct refund_ask wire_refund_ask(void);
enum psp_result wire_refunds(struct wire *, struct refund_report *);

#define TOKEN(text, seconds) "{\"scope\":\"x\",\"access_token\":\"" text "\",\"token_type\":\"Bearer\",\"expires_in\":" seconds "}"
#define LINK(rel, url) "{\"rel\":\"" rel "\",\"href\":\"" url "\",\"method\":\"GET\"}"
#define OPENED "{\"id\":\"5O190\",\"status\":\"PAYER_ACTION_REQUIRED\",\"links\":[" LINK("self", "https://x.test/self") "," \
	LINK("payer-action", "https://www.paypal.test/checkoutnow?token=5O190") "]}"
#define ORDER(status, payments) "{\"id\":\"5O190\",\"status\":\"" status "\",\"purchase_units\":[{\"reference_id\":\"12-34\"," \
	"\"custom_id\":\"12-34\",\"amount\":{\"currency_code\":\"GBP\",\"value\":\"46.50\"},\"payments\":" payments "}],\"links\":[" \
	LINK("approve", "https://www.paypal.test/approve") "]}"
#define CAPTURED(id, status) "{\"id\":\"" id "\",\"status\":\"" status "\",\"amount\":{\"currency_code\":\"GBP\",\"value\":\"46.50\"}," \
	"\"status_details\":{\"reason\":\"ECHECK\"},\"custom_id\":\"12-34\"}"
#define CAPTURES(list) "{\"captures\":[" list "]}"
#define ERROR(name, issue) "{\"name\":\"" name "\",\"message\":\"ann@example.org\",\"debug_id\":\"d1\",\"details\":[{\"issue\":\"" issue \
	"\",\"description\":\"ann@example.org\"}]}"
#define REFUNDED(id, status, mark) "{\"id\":\"" id "\",\"status\":\"" status "\",\"amount\":{\"currency_code\":\"GBP\",\"value\":\"15.50\"}" \
	mark "}"
#define OURS ",\"custom_id\":\"12-77\""
#define ANOTHERS ",\"custom_id\":\"12-78\""

#endif
