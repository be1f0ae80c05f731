/*
 * fuzz_json.c - what we write for others to read, with any text in it: JSON for the database, the bodies that providers are sent, and
 * the documents that foyer-paper draws. A line of the input is a text: title, a line's name, e-mail, buyer's name, the house's name,
 * the end of an address; the first is the amount. Read back by somebody else's parser it says the same, and nothing more.
 */
#include "base/base.h"

#include <jansson.h>

#include "domain/json_text.h"
#include "papers/documents.h"
#include "psp/paypal.h"
#include "t/fuzz/fuzz.h"
#include "t/fuzz/reports.h"

#define REFERENCE "12-34"
#define MOST_FIELDS 64
#define LONGEST_PAYPAL 127
#define LONGEST_RAZORPAY 2048

static struct span
text_at(const json_t *obj, const char *key)
{
	const json_t *v = json_object_get(obj, key);

	check(json_is_string(v));
	return (struct span){ json_string_value(v), json_string_length(v) };
}

static json_t *
parsed(struct span text)
{
	json_t *root = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

	check(root);
	return root;
}

static void
check_json_text(struct arena *a, struct span text)
{
	struct buf b;

	buf_init(&b, a, MiB);
	json_text(&b, text);
	check(!b.failed && !memchr(b.p, '\n', b.n));
	json_auto_t *back = parsed(buf_view(&b));
	check(json_is_string(back) && span_eq((struct span){ json_string_value(back), json_string_length(back) }, text));
}

/* -- JSON bodies ------------------------------------------------------------------------------------------------------------------- */

/* All of it, or as much as there is room for: whole characters, and the next one would not have fitted. */
static void
check_cut(struct span said, struct span meant, size_t most_bytes)
{
	check(span_utf8(said) && said.n <= meant.n && memcmp(said.p, meant.p, said.n) == 0);
	check(said.n == meant.n || (said.n <= most_bytes && said.n + 4 > most_bytes));
}

static void
check_paypal(struct psp *psp, struct arena *a, const struct checkout_ask *ask)
{
	const struct paypal_place *place = psp->place;
	struct span body = psp->kind->checkout_body(psp, a, ask);
	const json_t *unit, *page;

	check(body.n);
	json_auto_t *order = parsed(body);
	check(json_object_size(order) == 3 && span_is(text_at(order, "intent"), "CAPTURE"));
	check(json_array_size(json_object_get(order, "purchase_units")) == 1);
	unit = json_array_get(json_object_get(order, "purchase_units"), 0);
	check(span_is(text_at(unit, "custom_id"), REFERENCE) && span_is(text_at(json_object_get(unit, "amount"), "currency_code"), "GBP"));
	if (ask->title.n)
		check_cut(text_at(unit, "description"), ask->title, LONGEST_PAYPAL);
	page = json_object_get(json_object_get(json_object_get(order, "payment_source"), "paypal"), "experience_context");
	check(span_eq(text_at(page, "return_url"), ask->success_url));
	check(span_is(text_at(page, "user_action"), "PAY_NOW"));
	if (place->house_name.n)
		check_cut(text_at(page, "brand_name"), place->house_name, LONGEST_PAYPAL);
}

static void
check_razorpay(struct psp *psp, struct arena *a, const struct checkout_ask *ask)
{
	struct span body = psp->kind->checkout_body(psp, a, ask), said;
	const json_t *customer;

	check(body.n);
	json_auto_t *link = parsed(body);
	check(json_object_size(link) == 12 && json_integer_value(json_object_get(link, "amount")) == ask->amount.minor);
	check(json_is_false(json_object_get(link, "accept_partial")) && span_is(text_at(link, "reference_id"), REFERENCE));
	check(span_eq(text_at(link, "callback_url"), ask->success_url));
	said = text_at(link, "description");
	check(span_utf8(said) && span_chars(said) <= LONGEST_RAZORPAY && (!ask->title.n || said.n > 0));
	if (ask->title.n && said.n > ask->title.n)
		check(memcmp(said.p, ask->title.p, ask->title.n) == 0);
	customer = json_object_get(link, "customer");
	check(!ask->email.n || span_eq(text_at(customer, "email"), ask->email));
	check(!ask->name.n || span_eq(text_at(customer, "name"), ask->name));
}

/* -- forms --------------------------------------------------------------------------------------------------------------------------- */

static int
hex(char c)
{
	check((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f'));
	return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* By the letter of application/x-www-form-urlencoded: nothing may stand there that would have to be guessed at. */
static struct span
unescaped(struct arena *a, struct span s)
{
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		check(s.p[i] > ' ' && s.p[i] < 0x7f && s.p[i] != '+' && s.p[i] != '&' && s.p[i] != '=');
		check(s.p[i] != '%' || i + 2 < s.n);
		out[n] = s.p[i];
		if (s.p[i] == '%') {
			out[n] = (char)(hex(s.p[i + 1]) * 16 + hex(s.p[i + 2]));
			i += 2;
		}
		n++;
	}
	return (struct span){ out, n };
}

/* What the form has under this name, which it must have once. */
static struct span
form_field(struct arena *a, struct span form, const char *name)
{
	struct span found = SPAN_NONE;
	int times = 0;

	while (form.n) {
		struct span value = span_cut(&form, '&'), key = span_cut(&value, '=');

		if (span_is(key, name)) {
			found = unescaped(a, value);
			times++;
		}
	}
	check(times == 1);
	return found;
}

static void
check_stripe(struct psp *psp, struct arena *a, const struct checkout_ask *ask)
{
	struct span body = psp->kind->checkout_body(psp, a, ask), charge = psp->kind->charge_body(psp, a, ask, SPAN("pm_1")), rest = body;
	size_t fields = 0;

	check(body.n && charge.n);
	for (; rest.n; fields++)
		span_cut(&rest, '&');
	check(fields <= MOST_FIELDS);
	check(span_eq(form_field(a, body, "success_url"), ask->success_url));
	check(span_is(form_field(a, body, "client_reference_id"), REFERENCE));
	check(span_is(form_field(a, body, "metadata[foyer_payment]"), REFERENCE));
	check(span_eq(form_field(a, body, "line_items[0][price_data][product_data][name]"),
	    ask->lines[0].name.n ? ask->lines[0].name : ask->title.n ? ask->title : ask->reference));
	check(!ask->email.n || span_eq(form_field(a, body, "customer_email"), ask->email));
	check(!ask->title.n || span_eq(form_field(a, body, "payment_intent_data[description]"), ask->title));
	check(!ask->title.n || span_eq(form_field(a, charge, "description"), ask->title));
	check(span_is(form_field(a, charge, "currency"), "gbp"));
}

/* -- documents ------------------------------------------------------------------------------------------------------------------------ */

static void
check_list_item(const json_t *list, size_t i, struct span meant)
{
	const json_t *v = json_array_get(list, i);

	check(json_is_string(v) && span_eq((struct span){ json_string_value(v), json_string_length(v) }, meant));
}

static void
check_tickets(struct arena *a, const struct tickets_paper *paper, const struct checkout_ask *ask)
{
	json_auto_t *document = parsed(tickets_document(a, paper));
	const json_t *card = json_array_get(json_object_get(document, "tickets"), 0);

	check(json_object_size(document) == 9 && json_object_size(card) == 6);
	check(span_eq(text_at(document, "event"), ask->title) && span_is(text_at(document, "house"), paper->settings->house_name));
	check_list_item(json_object_get(document, "about"), 2, paper->show->address);
	check_list_item(json_object_get(card, "under"), 1, ask->name);
	check(span_eq(text_at(json_array_get(json_object_get(card, "place"), 2), "value"), ask->lines[0].name));
}

static void
check_receipt(struct arena *a, const struct receipt_paper *paper, const struct checkout_ask *ask)
{
	json_auto_t *document = parsed(receipt_document(a, paper));
	const json_t *facts = json_object_get(document, "facts");

	check(json_object_size(document) == 15 && json_array_size(json_object_get(document, "seats")) == 1);
	check(span_eq(text_at(document, "event"), ask->title));
	check(span_eq(text_at(json_array_get(facts, json_array_size(facts) - 1), "value"), ask->email));
	check(!ask->name.n || span_eq(text_at(json_array_get(facts, 2), "value"), ask->name));
}

static void
check_documents(struct arena *a, const struct checkout_ask *ask, struct span house)
{
	static struct signing_key key;
	struct settings settings = { .house_name = CSTR(a, house), .seller_name = "", .seller_address = CSTR(a, ask->success_url),
		.seller_tax_id = CSTR(a, ask->name), .ticket_key_id = 3 };
	struct ticket ticket = { .seat = 7, .serial = 4007, .row = SPAN("C"), .number = SPAN("7"), .section_name = ask->lines[0].name,
		.price_name = ask->title, .price = ask->amount, .fee = { 0, "GBP" }, .live = true };
	struct booking booking = { .show = 17, .id = 5, .reference = SPAN("K7M2QX9TD"), .email = ask->email, .name = ask->name,
		.total = ask->amount, .confirmed_ms = INT64_C(1793714602000), .tickets = &ticket, .n = 1 };
	struct show show = { .id = 17, .event = { .title = ask->title }, .starts = { INT64_C(1794714602000), zone_named(SPAN("Europe/London")) },
		.city_name = ask->name, .venue_name = house, .hall_name = ask->title, .address = ask->lines[0].name,
		.access_note = house, .venue_phone = ask->name };

	check_tickets(a, &(struct tickets_paper){ &settings, &key, &booking, &show }, ask);
	check_receipt(a, &(struct receipt_paper){ .settings = &settings, .booking = &booking, .show = &show }, ask);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static void (*const checks[])(struct psp *, struct arena *, const struct checkout_ask *) = { check_stripe, check_razorpay, check_paypal };
	struct span input = { (const char *)data, n }, amount = span_cut(&input, '\n');
	struct arena *a = fuzz_arena("fuzz_json");
	struct checkout_line line = { .quantity = 1 };
	struct checkout_ask ask = { .reference = SPAN(REFERENCE), .cancel_url = SPAN(FUZZ_BASE "/over"), .amount = { 4650, "GBP" },
		.lines = &line, .n_lines = 1, .ends_ms = INT64_C(1790000000000) };
	struct psp *list;
	size_t count;

	if (!span_utf8(input))
		return 0;
	check_json_text(a, input);
	span_int(amount, 100, 99999999, &ask.amount.minor);
	ask.title = span_cut(&input, '\n');
	line = (struct checkout_line){ span_cut(&input, '\n'), ask.amount.minor, 1 };
	ask.email = span_cut(&input, '\n');
	ask.name = span_cut(&input, '\n');
	list = fuzz_psps(a, "api", "", &count);
	((struct paypal_place *)list[2].place)->house_name = span_cut(&input, '\n');
	ask.success_url = arena_fmt(a, FUZZ_BASE "/pay/" PRSPAN, ARGSPAN(input));
	for (size_t i = 0; i < ARRAY_LEN(checks); i++)
		checks[i](&list[i], a, &ask);
	check_documents(a, &ask, ((struct paypal_place *)list[2].place)->house_name);
	return 0;
}
