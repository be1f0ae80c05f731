/* till.c - see till.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "t/lib/till.h"

#include "base/crypto.h"
#include "domain/holds.h"

static struct span
till_body(struct psp *psp, struct arena *a, const struct checkout_ask *ask)
{
	(void)psp;
	return arena_fmt(a, PRSPAN "|%" PRId64 "|" PRSPAN, ARGSPAN(ask->reference), ask->amount.minor, ARGSPAN(ask->lines[0].name));
}

static enum psp_result
till_open(struct psp *psp, struct arena *a, struct span body, struct span key, struct checkout *out)
{
	struct psp_place *t = psp->place;
	struct span rest = body;

	t->opens++;
	if (t->opens == 1 && t->open_first != PSP_OK)
		return t->open_first;
	t->body = body;
	t->key = key;
	t->reference = span_cut(&rest, '|');
	out->session = arena_fmt(a, "s-" PRSPAN, ARGSPAN(t->reference));
	out->url = arena_fmt(a, "https://%s.example/" PRSPAN, t->name, ARGSPAN(t->reference));
	return t->open;
}

static enum psp_result
till_read(struct psp *psp, struct arena *a, struct span session, struct payment_report *out)
{
	struct psp_place *t = psp->place;

	t->reads++;
	*out = (struct payment_report){ .fact = t->fact, .amount = t->amount, .session = session, .live = t->live,
		.reference = arena_copy(a, (struct span){ session.p + 2, session.n - 2 }), .capture = SPAN("cap-1"), .url = SPAN_NONE };
	if (t->strangers)
		out->reference = SPAN("1-4711");
	return t->read;
}

/* One key is one capture, however often it comes. */
static enum psp_result
till_capture(struct psp *psp, struct arena *a, struct span session, struct span key, struct payment_report *out)
{
	struct psp_place *t = psp->place;

	snprintf(t->capture_keys[t->captures % 4], sizeof(t->capture_keys[0]), PRSPAN, ARGSPAN(key));
	t->captures++;
	if (t->meanwhile)
		t->meanwhile();
	if (t->capture == PSP_OK || t->capture == PSP_UNSURE || t->capture == PSP_CONFLICT)
		t->fact = t->captured;
	till_read(psp, a, session, out);
	t->reads--;
	return t->capture;
}

static struct span
till_charge_body(struct psp *psp, struct arena *a, const struct checkout_ask *ask, struct span token)
{
	return arena_fmt(a, PRSPAN "|" PRSPAN, ARGSPAN(till_body(psp, a, ask)), ARGSPAN(token));
}

static enum psp_result
till_close(struct psp *psp, struct arena *a, struct span session)
{
	struct psp_place *t = psp->place;

	(void)a;
	(void)session;
	t->closes++;
	return t->close;
}

static struct span
till_refund_body(struct psp *psp, struct arena *a, const struct refund_ask *ask)
{
	(void)psp;
	return arena_fmt(a, PRSPAN "|%" PRId64, ARGSPAN(ask->reference), ask->amount.minor);
}

static enum psp_result
till_refund(struct psp *psp, struct arena *a, const struct refund_ask *ask, struct refund_report *out)
{
	struct psp_place *t = psp->place;

	(void)a;
	snprintf(t->refund_keys[t->refunds % 4], sizeof(t->refund_keys[0]), PRSPAN, ARGSPAN(ask->key));
	t->refunds++;
	*out = (struct refund_report){ .fact = t->refund_fact, .id = SPAN("re-1"), .reference = ask->reference, .why = SPAN_NONE,
		.amount = ask->amount };
	return t->refund;
}

static enum psp_result
till_find(struct psp *psp, struct arena *a, const struct refund_ask *ask, struct refund_report *out)
{
	struct psp_place *t = psp->place;

	(void)a;
	t->finds++;
	*out = (struct refund_report){ .fact = t->found_fact, .id = SPAN("re-9"), .reference = ask->reference, .why = SPAN_NONE };
	return t->find;
}

static enum psp_verdict
till_verify(struct psp *psp, struct arena *a, const struct delivery *d, struct psp_need *need)
{
	struct span signature = d->header(d->at, a, "Signature");

	(void)psp;
	(void)need;
	return span_is(signature, "good") ? SIGNED : span_is(signature, "old") ? SIGNED_TOO_OLD : NOT_SIGNED;
}

static bool
till_parse(struct psp *psp, struct arena *a, const struct delivery *d, struct psp_event *e)
{
	struct psp_place *t = psp->place;

	(void)a;
	*e = t->event;
	return d->body.n > 0;
}

static bool
till_takes(struct psp *psp, struct money m)
{
	struct psp_place *t = psp->place;

	return !t->small && m.minor > 0;
}

/* Each page takes the room of a provider's largest answer, and has one payment on it. */
static enum psp_result
slot_list(struct psp *psp, struct arena *a, int64_t since_ms, struct span *cursor, struct payment_report **list, size_t *n)
{
	struct psp_place *t = psp->place;

	(void)since_ms;
	arena_alloc(a, MiB);
	*n = 1;
	*list = ARENA_NEW(a, struct payment_report);
	till_read(psp, a, t->listed, *list);
	*cursor = ++t->lists < t->pages ? arena_fmt(a, "page-%d", t->lists) : SPAN_NONE;
	return PSP_OK;
}

#define KIND(name_) .name = name_, .checkout_body = till_body, .create_checkout = till_open, .fetch_status = till_read, \
	.refund_body = till_refund_body, .refund = till_refund, .find_refund = till_find, .fetch_refund = till_find, \
	.verify_webhook = till_verify, .parse_webhook = till_parse, .check_amount = till_takes
static const struct psp_kind kinds[] = {
	{ KIND("till"), .close_checkout = till_close }, { KIND("slot"), .close_checkout = till_close, .list_payments = slot_list },
	{ KIND("tray"), .capture = till_capture, .charge_body = till_charge_body, .charge = till_open },
};
#define PLACES ARRAY_LEN(kinds)

static struct psp_place places[PLACES];
static struct psp psps[PLACES];

struct flow flow;
struct hold hold;
int64_t hold_of_ann;
struct psp_place *const till = &places[0], *const slot = &places[1], *const tray = &places[2];

int
ann_holds(void **state)
{
	struct box_office *f = *state;
	struct hold_ask ask = { .show = f->show, .buyer = f->ann, .seats = { { f->seats[A1], f->seats[A2] }, 2 } };
	struct hold_result r;

	db_clear(f->db);
	box_office_sweep(f, f->show);
	box_office_sql(f, "DELETE FROM psp_events WHERE show_id = 0");
	box_office_sql(f, "DELETE FROM attention WHERE show_id = 0");
	box_office_sql(f, "DELETE FROM payment_sessions");
	for (size_t i = 0; i < PLACES; i++) {
		places[i] = (struct psp_place){ .name = kinds[i].name, .fact = FACT_OPEN, .amount = money_of(3200, SPAN("GBP")),
			.refund_fact = REFUND_DONE, .found_fact = REFUND_DONE, .find = PSP_NOT_FOUND, .captured = FACT_PAID };
		psps[i] = (struct psp){ .kind = &kinds[i], .place = &places[i] };
	}
	flow = (struct flow){ f->db, f->arena, psps, PLACES };
	assert_int_equal(hold_take(f->db, f->arena, &ask, &r), OUTCOME_OK);
	hold_of_ann = r.hold;
	return 0;
}

enum pay_end
charge_at(struct box_office *f, const char *provider, const char *token, struct pay_answer *out)
{
	static struct pay_line line = { { "two seats", 9 }, 3200, 1 };
	struct pay_ask ask = { .show = f->show, .hold = hold_of_ann, .buyer = f->ann, .payment = id_new(), .booking = id_new(),
		.provider = span_of(provider), .email = SPAN("ann@example.org"), .name = SPAN("Ann"), .title = SPAN("Tidal"),
		.success_url = SPAN("https://t.example/s"), .cancel_url = SPAN("https://t.example/c"), .lines = &line, .n_lines = 1,
		.token = span_of(token) };

	assert_int_equal(hold_read(f->db, f->arena, f->show, hold_of_ann, f->ann, &hold), OUTCOME_OK);
	ask.amount = hold.total;
	ask.ends_ms = hold.expires_ms;
	line.minor = hold.total.minor;
	return start_payment(&flow, &ask, out);
}

enum pay_end
pay_at(struct box_office *f, const char *provider, struct pay_answer *out)
{
	return charge_at(f, provider, "", out);
}

enum pay_end
pay(struct box_office *f, struct pay_answer *out)
{
	return pay_at(f, "till", out);
}

int64_t
paying_at(struct box_office *f, const char *provider)
{
	struct pay_answer out;

	assert_int_equal(pay_at(f, provider, &out), PAY_GO);
	return out.payment;
}

int64_t
paying(struct box_office *f)
{
	return paying_at(f, "till");
}

const char *
state_of(struct box_office *f, int64_t payment)
{
	return box_office_text(f, "SELECT state FROM payments WHERE payment_id = %" PRId64, payment);
}

void
patience(struct box_office *f)
{
	box_office_sql(f, "UPDATE payments SET asked_at = asked_at - INTERVAL 1 HOUR, ask_at = ask_at - INTERVAL 1 HOUR WHERE show_id = %" PRId64 ";\n"
	    "UPDATE refunds SET due_at = due_at - INTERVAL 1 DAY WHERE show_id = %" PRId64, f->show, f->show);
}

int64_t
live_tickets(struct box_office *f)
{
	return box_office_number(f, "SELECT COUNT(*) FROM booking_seats WHERE show_id = %" PRId64 " AND state = 'live'", f->show);
}

int64_t
free_seats(struct box_office *f)
{
	return box_office_number(f, "SELECT COUNT(*) FROM show_seats WHERE show_id = %" PRId64 " AND status = 'available'", f->show);
}

struct psp_event
paid_event(struct box_office *f, int64_t payment, const char *id)
{
	return (struct psp_event){ .kind = EVENT_PAYMENT, .id = span_of(id), .type = SPAN("session.paid"),
		.payment = { .fact = FACT_PAID, .amount = money_of(3200, SPAN("GBP")), .reference = payment_reference(f->arena, f->show, payment),
		.session = arena_fmt(f->arena, "s-%" PRId64 "-%" PRId64, f->show, payment), .capture = SPAN("cap-1"), .url = SPAN_NONE },
		.refund = { .id = SPAN_NONE, .reference = SPAN_NONE, .why = SPAN_NONE, .amount = { .minor = -1 } } };
}

static struct span
header_of(void *at, struct arena *a, const char *name)
{
	(void)a;
	(void)name;
	return span_of(at);
}

const struct message_in *
till_message(const char *signature)
{
	static struct message_in in;

	in = (struct message_in){ header_of, (void *)(uintptr_t)signature, SPAN("{}") };
	return &in;
}

enum webhook_end
till_hears(const char *signature, struct span body)
{
	const struct message_in in = { header_of, (void *)(uintptr_t)signature, body };

	return take_webhook(&flow, SPAN("till"), &in);
}

enum webhook_end
webhook(struct psp_event e)
{
	till->event = e;
	return till_hears("good", SPAN("{}"));
}

int64_t
events(struct box_office *f, const char *where)
{
	return box_office_number(f, "SELECT COUNT(*) FROM psp_events WHERE show_id IN (0, %" PRId64 ") AND %s", f->show, where);
}

int64_t
attentions(struct box_office *f, const char *where)
{
	return box_office_number(f, "SELECT COUNT(*) FROM attention WHERE show_id IN (0, %" PRId64 ") AND done_at IS NULL AND %s", f->show,
	    where);
}
