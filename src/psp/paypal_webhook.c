/*
 * paypal_webhook.c - is this message from PayPal. It comes with a signature by RSA over "id|time|our webhook's id|crc32 of the body"
 * and names the address of the certificate: which is looked up in our list of places before anybody fetches it, for whoever chooses
 * the certificate chooses who may sign. Nothing in the body is looked at before.
 */
#include "base/base.h"

#include <zlib.h>

#include "psp/fields.h"
#include "psp/paypal.h"
#include "psp/paypal_cert.h"
#include "psp/wire.h"

#define MAX_MESSAGE MiB
#define MAX_PART 100
#define MAX_URL 300

/* -- where certificates may come from ------------------------------------------------------------------------------------------ */

/* "https://host/folder/", with nothing in it that two readers could take for different hosts. In the clear only on this machine. */
static bool
place_good(struct span place)
{
	bool clear = span_starts(place, "http://");
	struct span rest = place, host;

	if ((!clear && !span_starts(place, "https://")) || place.n > MAX_URL || place.p[place.n - 1] != '/')
		return false;
	for (size_t i = 0; i < place.n; i++) {
		char c = place.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || memchr("-._:/", c, 5)) ||
		    (c == '.' && place.p[i + 1] == '.'))
			return false;
	}
	span_cut(&rest, '/');
	span_cut(&rest, '/');
	host = span_cut(&rest, '/');
	host = span_cut(&host, ':');
	return clear ? span_is(host, "127.0.0.1") || span_is(host, "localhost") : host.n > 0;
}

void
paypal_places_read(struct paypal_place *place, struct span list, bool live)
{
	if (!span_trim(list).n)
		list = live ? SPAN("https://api.paypal.com/v1/notifications/certs/,https://api-m.paypal.com/v1/notifications/certs/") :
		    SPAN("https://api.sandbox.paypal.com/v1/notifications/certs/,https://api-m.sandbox.paypal.com/v1/notifications/certs/");
	while (list.n) {
		struct span one = span_trim(span_cut(&list, ','));

		if (!one.n)
			continue;
		if (!place_good(one) || place->n_certificates == PAYPAL_MAX_PLACES) {
			log_error("paypal.settings", "paypal_certificates: " PRSPAN " is not used: it is no https:// address that ends in a slash, "
			    "or one too many", ARGSPAN(one));
			continue;
		}
		place->certificates[place->n_certificates++] = one;
	}
}

/* A file in one of the places: its name has no character that could lead elsewhere. */
static bool
address_allowed(const struct paypal_place *place, struct span url)
{
	for (size_t i = 0; i < place->n_certificates && url.n <= MAX_URL; i++) {
		struct span begin = place->certificates[i];
		size_t at = begin.n;

		if (url.n <= begin.n || memcmp(url.p, begin.p, begin.n) != 0)
			continue;
		while (at < url.n && ((url.p[at] >= 'a' && url.p[at] <= 'z') || (url.p[at] >= 'A' && url.p[at] <= 'Z') ||
		    (url.p[at] >= '0' && url.p[at] <= '9') || url.p[at] == '_' || url.p[at] == '-'))
			at++;
		if (at == url.n)
			return true;
	}
	return false;
}

/* -- the message ---------------------------------------------------------------------------------------------------------------- */

struct transmission {
	struct span id, time, url, algorithm, signature;
};

static bool
part_good(struct span part, size_t most)
{
	return part.n > 0 && wire_header_good(part, most) && !memchr(part.p, '|', part.n);
}

/* False: no message of PayPal's, whatever a certificate would say. */
static bool
transmission_read(const struct paypal_place *place, struct arena *a, const struct delivery *d, struct transmission *t)
{
	*t = (struct transmission){
		.id = d->header(d->at, a, "Paypal-Transmission-Id"),
		.time = d->header(d->at, a, "Paypal-Transmission-Time"),
		.url = d->header(d->at, a, "Paypal-Cert-Url"),
		.algorithm = d->header(d->at, a, "Paypal-Auth-Algo"),
		.signature = d->header(d->at, a, "Paypal-Transmission-Sig"),
	};
	return d->body.n && d->body.n <= MAX_MESSAGE && span_is(t->algorithm, "SHA256withRSA") && part_good(t->id, MAX_PART) &&
	    part_good(t->time, MAX_PART) && part_good(t->signature, PAYPAL_MAX_SIGNATURE) && address_allowed(place, t->url);
}

/* Without an age limit: the time is signed, and PayPal sends a message again for days with the time of its first try. */
enum psp_verdict
paypal_verify(struct psp *psp, struct arena *a, const struct delivery *d, struct psp_need *need)
{
	const struct paypal_place *place = psp->place;
	struct transmission t;
	unsigned long crc;

	if (!place->webhook_id.n || !place->n_certificates)
		return VERDICT_NONE;
	if (!transmission_read(place, a, d, &t))
		return NOT_SIGNED;
	if (place->ask)
		return VERDICT_ASK;
	if (!paypal_roots_ready(place->roots))
		return VERDICT_NONE;
	if (!d->fetched.n) {
		need->url = arena_copy(a, t.url);
		return VERDICT_FETCH;
	}
	crc = crc32(0, (const unsigned char *)d->body.p, (unsigned)d->body.n);
	return paypal_proof_holds(a, &(struct paypal_proof){
		.certificates = d->fetched, .signature = t.signature, .now_ms = d->now_ms,
		.message = arena_fmt(a, PRSPAN "|" PRSPAN "|" PRSPAN "|%lu", ARGSPAN(t.id), ARGSPAN(t.time), ARGSPAN(place->webhook_id), crc),
	}) ? SIGNED : NOT_SIGNED;
}

/* -- asking PayPal -------------------------------------------------------------------------------------------------------------- */

/* One JSON object and nothing behind it: else a stranger's "body" could close ours and go on with a webhook id of their own. */
static bool
is_one_object(struct span body)
{
	json_auto_t *root = json_loadb(body.p, body.n, 0, NULL);

	return json_is_object(root);
}

static void
put_member(struct buf *b, const char *name, struct span value)
{
	json_auto_t *text = json_stringn(value.p, value.n);
	char *quoted = json_dumps(text, JSON_ENCODE_ANY);

	if (!quoted)
		die("out of memory");
	buf_fmt(b, "\"%s\":%s,", name, quoted);
	free(quoted);
}

/* The body's own bytes: written anew, 1.0 would become 1 and the signature another's. */
static struct span
question(struct arena *a, const struct paypal_place *place, const struct transmission *t, struct span body)
{
	struct buf b;

	buf_init(&b, a, MAX_MESSAGE + 16 * KiB);
	BUF_LIT(&b, "{");
	put_member(&b, "auth_algo", t->algorithm);
	put_member(&b, "cert_url", t->url);
	put_member(&b, "transmission_id", t->id);
	put_member(&b, "transmission_sig", t->signature);
	put_member(&b, "transmission_time", t->time);
	put_member(&b, "webhook_id", place->webhook_id);
	BUF_LIT(&b, "\"webhook_event\":");
	buf_span(&b, body);
	BUF_LIT(&b, "}");
	return b.failed ? SPAN_NONE : buf_view(&b);
}

enum psp_result
paypal_ask_verdict(struct psp *psp, struct arena *a, const struct delivery *d, enum psp_verdict *verdict)
{
	const struct paypal_place *place = psp->place;
	struct paypal_call c = { .name = "verify", .post = true, .path = SPAN("/v1/notifications/verify-webhook-signature") };
	struct paypal_answer answer;
	struct transmission t;
	struct span word;
	enum psp_result r;

	*verdict = NOT_SIGNED;
	if (!place->webhook_id.n || !transmission_read(place, a, d, &t) || !is_one_object(d->body))
		return PSP_OK;
	c.body = question(a, place, &t, d->body);
	r = paypal_exchange(psp, a, &c, &answer);
	json_auto_t *json = answer.json;
	if (r == PSP_REFUSED && answer.status == 400 && answer.name.n)
		return PSP_OK;		/* what it cannot make sense of it has not signed */
	if (r != PSP_OK)
		return r == PSP_UNSURE ? PSP_AGAIN : r;		/* a question changes nothing there */
	word = field_word(a, json, "verification_status");
	if (!span_is(word, "SUCCESS") && !span_is(word, "FAILURE"))
		return PSP_AGAIN;
	if (span_is(word, "SUCCESS"))
		*verdict = SIGNED;
	return PSP_OK;
}
