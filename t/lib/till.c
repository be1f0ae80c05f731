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

static enum psp_result
till_close(struct psp *psp, struct arena *a, struct span session)
{
	(void)a;
	(void)session;
	psp->place->closes++;
	return psp->place->close;
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
till_find(struct psp *psp, struct arena *a, struct span capture, struct span reference, struct refund_report *out)
{
	struct psp_place *t = psp->place;

	(void)a;
	(void)capture;
	t->finds++;
	*out = (struct refund_report){ .fact = t->found_fact, .id = SPAN("re-9"), .reference = reference, .why = SPAN_NONE };
	return t->find;
}

static enum psp_verdict
till_verify(struct psp *psp, struct span signature, struct span body, int64_t now_ms)
{
	(void)psp;
	(void)body;
	(void)now_ms;
	return span_is(signature, "good") ? SIGNED : span_is(signature, "old") ? SIGNED_TOO_OLD : NOT_SIGNED;
}

static bool
till_parse(struct psp *psp, struct arena *a, struct span body, struct psp_event *e)
{
	(void)a;
	*e = psp->place->event;
	return body.n > 0;
}

static bool
till_takes(struct psp *psp, struct money m)
{
	return !psp->place->small && m.minor > 0;
}

#define KIND(name_) { .name = name_, .checkout_body = till_body, .checkout_open = till_open, .checkout_read = till_read, \
	.checkout_close = till_close, .refund = till_refund, .refund_find = till_find, .verify = till_verify, .parse = till_parse, \
	.takes = till_takes, .signature_header = "HTTP_X" }
static const struct psp_kind kinds[2] = { KIND("till"), KIND("slot") };

static struct psp_place places[2];
static struct psp psps[2];

struct flow flow;
struct hold hold;
int64_t hold_of_ann;
struct psp_place *const till = &places[0], *const slot = &places[1];

int
ann_holds(void **state)
{
	struct box_office *f = *state;
	struct hold_ask ask = { .show = f->show, .buyer = f->ann, .seats = { { f->seats[A1], f->seats[A2] }, 2 } };
	struct hold_result r;

	db_clear(f->db);
	box_office_sweep(f, f->show);
	box_office_sql(f, "DELETE FROM psp_events WHERE show_id = 0");
	for (int i = 0; i < 2; i++) {
		places[i] = (struct psp_place){ .name = kinds[i].name, .fact = FACT_OPEN, .amount = money_of(3200, SPAN("GBP")),
			.refund_fact = REFUND_DONE, .found_fact = REFUND_DONE, .find = PSP_NOT_FOUND };
		psps[i] = (struct psp){ .kind = &kinds[i], .place = &places[i] };
	}
	flow = (struct flow){ f->db, f->arena, psps, 2 };
	assert_int_equal(hold_take(f->db, f->arena, &ask, &r), OUTCOME_OK);
	hold_of_ann = r.hold;
	return 0;
}

enum pay_end
pay_at(struct box_office *f, const char *provider, struct pay_answer *out)
{
	static struct pay_line line = { { "two seats", 9 }, 3200, 1 };
	struct pay_ask ask = { .show = f->show, .hold = hold_of_ann, .buyer = f->ann, .payment = id_new(), .booking = id_new(),
		.provider = span_of(provider), .email = SPAN("ann@example.org"), .name = SPAN("Ann"), .title = SPAN("Tidal"),
		.success_url = SPAN("https://t.example/s"), .cancel_url = SPAN("https://t.example/c"), .lines = &line, .n_lines = 1 };

	assert_int_equal(hold_read(f->db, f->arena, f->show, hold_of_ann, f->ann, &hold), OUTCOME_OK);
	ask.amount = hold.total;
	ask.ends_ms = hold.expires_ms;
	line.minor = hold.total.minor;
	return start_payment(&flow, &ask, out);
}

enum pay_end
pay(struct box_office *f, struct pay_answer *out)
{
	return pay_at(f, "till", out);
}

int64_t
paying(struct box_office *f)
{
	struct pay_answer out;

	assert_int_equal(pay(f, &out), PAY_GO);
	return out.payment;
}

const char *
state_of(struct box_office *f, int64_t payment)
{
	return box_office_text(f, "SELECT state FROM payments WHERE payment_id = %" PRId64, payment);
}

void
patience(struct box_office *f)
{
	box_office_sql(f, "UPDATE payments SET asked_at = asked_at - INTERVAL 1 HOUR WHERE show_id = %" PRId64 ";\n"
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

enum webhook_end
webhook(struct psp_event e)
{
	till->event = e;
	return take_webhook(&flow, SPAN("till"), SPAN("good"), SPAN("{}"));
}

int64_t
events(struct box_office *f, const char *where)
{
	return box_office_number(f, "SELECT COUNT(*) FROM psp_events WHERE show_id IN (0, %" PRId64 ") AND %s", f->show, where);
}
