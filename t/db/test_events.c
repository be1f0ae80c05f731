/*
 * test_events.c - every type of event as the house really writes it, and as it goes out (relay/event_text.h), held against its schema in
 * static/events/; and no schema is there without a type. A new type needs a scene here that writes it, and a file there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "t/lib/event_schema.h"
#include "t/lib/till.h"

#include <dirent.h>
#include <unistd.h>

#include "base/crypto.h"
#include "domain/bookings.h"
#include "domain/cancel.h"
#include "domain/hold_notices.h"
#include "domain/holds.h"
#include "domain/outbox.h"
#include "domain/refunds.h"
#include "domain/show_move.h"

#define TYPES_MAX 64

static bool written[TYPES_MAX];		/* of event_types: some scene wrote one */

/* -- scenes ------------------------------------------------------------------------------------------------------------------ */

static void
buys(struct box_office *f)
{
	int64_t payment = paying(f);

	assert_int_equal(webhook(paid_event(f, payment, "evt-paid")), WEBHOOK_TAKEN);
	box_office_sql(f, "UPDATE show_sales SET cancel_hours = 24, cancel_fee_minor = 200 WHERE show_id = %" PRId64, f->show);
}

static struct booking
bought(struct box_office *f)
{
	struct booking b;

	assert_int_equal(booking_of_hold(f->db, f->arena, f->show, hold_of_ann, &b), OUTCOME_OK);
	return b;
}

static void
gives_back(struct box_office *f, int seat, int64_t expect)
{
	struct cancel_ask ask = { .show = f->show, .booking = bought(f).id, .by_buyer = true, .expect_minor = expect, .refund = id_new(),
		.seats = { f->seats[seat] }, .n = 1 };
	struct cancel_result r;

	assert_int_equal(booking_cancel(f->db, f->arena, &ask, &r), OUTCOME_OK);
}

static void
buys_and_gives_back(struct box_office *f)
{
	struct booking b;

	buys(f);
	b = bought(f);
	assert_int_equal(booking_link_wanted(f->db, f->arena, &b), OUTCOME_OK);
	gives_back(f, A1, 1400);
	gives_back(f, A2, 1400);
	assert_int_equal(run_refunds(&flow, 10), 2);
}

static void
lets_the_hold_run_out(struct box_office *f)
{
	paying(f);
	box_office_sql(f, "UPDATE holds SET expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND, seats_until = UTC_TIMESTAMP(3) + INTERVAL "
	    "30 SECOND WHERE show_id = %" PRId64, f->show);
	assert_int_equal(end_holds(&flow, 10), 1);
}

static void
pays_late_and_nobody_can_give_it_back(struct box_office *f)
{
	struct hold_ask ask = { .show = f->show, .buyer = f->bob, .seats = { { f->seats[A1] }, 1 } };
	int64_t payment = paying(f);
	struct hold_result r;
	struct refund refund;

	box_office_later(f, f->show, 3600);
	assert_int_equal(hold_take(f->db, f->arena, &ask, &r), OUTCOME_OK);
	assert_int_equal(webhook(paid_event(f, payment, "evt-late")), WEBHOOK_TAKEN);
	till->refund = PSP_REFUSED;
	run_refunds(&flow, 10);
	assert_int_equal(refund_of_payment(f->db, f->arena, f->show, payment, &refund), OUTCOME_OK);
	assert_int_equal(refund_by_hand(f->db, f->arena, f->show, refund.id, id_new(), SPAN("bank transfer of 3 May")), OUTCOME_OK);
}

static void
is_given_back_at_the_provider(struct box_office *f)
{
	struct psp_event e = { .kind = EVENT_REFUND, .id = SPAN("evt-r"), .type = SPAN("refund.created"),
		.payment = { .reference = SPAN_NONE, .session = SPAN_NONE, .capture = SPAN("cap-1") },
		.refund = { .fact = REFUND_DONE, .id = SPAN("re-1"), .reference = SPAN_NONE, .why = SPAN_NONE, .amount = money_of(500, SPAN("GBP")) } };

	buys(f);
	assert_int_equal(webhook(e), WEBHOOK_TAKEN);
}

static void
is_captured(struct box_office *f)
{
	int64_t payment = paying_at(f, "tray");
	struct payment p;

	tray->fact = FACT_APPROVED;
	patience(f);
	assert_int_equal(finish_return(&flow, f->show, payment, &p), RETURN_CONFIRMED);
}

static void
is_refused_and_goes(struct box_office *f)
{
	struct pay_answer out;

	till->open = PSP_REFUSED;
	assert_int_equal(pay(f, &out), PAY_REFUSED);
	assert_int_equal(hold_extend(f->db, f->arena, f->show, hold_of_ann, f->ann), OUTCOME_OK);
	assert_int_equal(hold_release(f->db, f->arena, f->show, hold_of_ann, f->ann), OUTCOME_OK);
}

static void
is_written_to_before_the_end(struct box_office *f)
{
	assert_int_equal(hold_address_give(f->db, f->arena, f->show, hold_of_ann, f->ann, SPAN("ann@example.org")), OUTCOME_OK);
	box_office_later(f, f->show, 600 - 115);
	assert_int_equal(hold_warn(f->db, f->arena, f->show, hold_of_ann), OUTCOME_OK);
}

static void
buys_and_the_show_is_moved(struct box_office *f)
{
	struct span day;
	struct show_move m;

	buys(f);
	day = span_of(box_office_text(f, "SELECT CONCAT(DATE(starts_local) + INTERVAL 1 DAY, ' 20:15') FROM shows WHERE show_id = %" PRId64,
	    f->show));
	assert_int_equal(show_move(f->db, f->arena, f->show, span_cut(&day, '\n'), &m), OUTCOME_OK);
	assert_int_equal(m.told, 1);
}

static void (*const scenes[])(struct box_office *) = { buys_and_gives_back, lets_the_hold_run_out, pays_late_and_nobody_can_give_it_back,
	is_given_back_at_the_provider, is_captured, is_refused_and_goes, is_written_to_before_the_end, buys_and_the_show_is_moved };

/* -- looking at them -------------------------------------------------------------------------------------------------------------- */

static void
look_at(struct box_office *f, struct span line)
{
	const struct event_type *type;
	struct span fault, text, name;
	int64_t id, subject;

	assert_true(span_int(span_cut(&line, '\t'), 1, INT64_MAX, &id));
	assert_true(span_int(span_cut(&line, '\t'), 1, INT64_MAX, &subject));
	name = span_cut(&line, '\t');
	type = event_type_of(name);
	assert_non_null(type);
	text = event_as_sent(f->arena, f->show, id, name, subject, line);
	fault = event_schema_fault(f->arena, event_schema_file(f->arena, type->type, EVENT_VERSION), text);
	if (fault.n)
		fail_msg(PRSPAN " does not fit its schema: " PRSPAN ": " PRSPAN, ARGSPAN(name), ARGSPAN(fault), ARGSPAN(text));
	written[type - event_types] = true;
}

static void
every_event_that_is_written_fits_its_schema(void **state)
{
	struct box_office *f = *state;

	assert_in_range(n_event_types, 1, TYPES_MAX);
	for (size_t i = 0; i < ARRAY_LEN(scenes); i++) {
		struct span lines;

		ann_holds(state);
		scenes[i](f);
		lines = span_of(box_office_text(f, "SELECT outbox_id, subject_id, type, payload FROM outbox WHERE show_id = %" PRId64, f->show));
		assert_true(lines.n > 0);
		while (lines.n)
			look_at(f, span_cut(&lines, '\n'));
	}
}

static void
every_type_has_a_schema_and_was_written_by_some_scene(void **state)
{
	struct box_office *f = *state;

	for (size_t i = 0; i < n_event_types; i++) {
		const char *file = event_schema_file(f->arena, event_types[i].type, EVENT_VERSION);

		if (access(file, R_OK) != 0)
			fail_msg("%s has no schema: write %s", event_types[i].type, file);
		if (!written[i])
			fail_msg("no scene of this test writes %s: add one", event_types[i].type);
	}
}

static void
no_schema_is_there_without_its_type(void **state)
{
	struct box_office *f = *state;
	struct span path = span_of(event_schema_file(f->arena, "X", 1)), folder = { path.p, path.n - strlen("/x.v1.json") };
	DIR *dir = opendir(CSTR(f->arena, folder));
	const struct dirent *e;
	size_t n = 0;

	assert_non_null(dir);
	while ((e = readdir(dir))) {
		bool known = e->d_name[0] == '.';

		for (size_t i = 0; i < n_event_types && !known; i++)
			for (int version = 1; version <= EVENT_VERSION; version++)
				known |= strcmp(strrchr(event_schema_file(f->arena, event_types[i].type, version), '/') + 1, e->d_name) == 0;
		if (!known)
			fail_msg("%s is the schema of no type", e->d_name);
		n += e->d_name[0] != '.';
	}
	closedir(dir);
	assert_int_equal(n, n_event_types * EVENT_VERSION);
}

static void
what_does_not_fit_is_seen(void **state)
{
#define HEAD "{\"id\":\"1-2\",\"type\":\"SEAT_SOLD\",\"version\":1,\"show\":1,\"subject\":5,\"subject_kind\":\"hold\"," \
	"\"at\":\"2026-11-25T14:00:00.123Z\",\"data\":"
	static const char *const wrong[] = {
		"", "[]", HEAD "{}}", HEAD "{\"booking\":1,\"seats\":[1]}}", HEAD "{\"booking\":1,\"seats\":[],\"versions\":[]}}",
		HEAD "{\"booking\":\"1\",\"seats\":[1],\"versions\":[2]}}", HEAD "{\"booking\":1,\"seats\":[\"1\"],\"versions\":[2]}}",
		HEAD "{\"booking\":0,\"seats\":[1],\"versions\":[2]}}", HEAD "{\"booking\":1,\"seats\":[1],\"versions\":[2],\"name\":\"Ann\"}}",
		"{\"id\":\"12\",\"type\":\"SEAT_SOLD\",\"version\":1,\"show\":1,\"subject\":5,\"subject_kind\":\"hold\",\"at\":\"2026-11-25T14:00:00.123Z\","
		"\"data\":{\"booking\":1,\"seats\":[1],\"versions\":[2]}}",
		"{\"id\":\"1-2\",\"type\":\"SEAT_SOLD\",\"version\":2,\"show\":1,\"subject\":5,\"subject_kind\":\"hold\",\"at\":\"2026-11-25T14:00:00.123Z\","
		"\"data\":{\"booking\":1,\"seats\":[1],\"versions\":[2]}}",
		"{\"id\":\"1-2\",\"type\":\"SEAT_SOLD\",\"version\":1,\"show\":1,\"subject\":5,\"subject_kind\":\"hold\",\"at\":\"yesterday\","
		"\"data\":{\"booking\":1,\"seats\":[1],\"versions\":[2]}}",
	};
	struct box_office *f = *state;
	const char *file = event_schema_file(f->arena, "SEAT_SOLD", 1);

	assert_int_equal(event_schema_fault(f->arena, file, SPAN(HEAD "{\"booking\":1,\"seats\":[1],\"versions\":[2]}}")).n, 0);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		if (!event_schema_fault(f->arena, file, span_of(wrong[i])).n)
			fail_msg("nothing wrong is found in %s", wrong[i]);
	assert_true(event_schema_fault(f->arena, event_schema_file(f->arena, "SEAT_EATEN", 1), SPAN("{}")).n > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_event_that_is_written_fits_its_schema),
		cmocka_unit_test(every_type_has_a_schema_and_was_written_by_some_scene),
		cmocka_unit_test(no_schema_is_there_without_its_type),
		cmocka_unit_test(what_does_not_fit_is_seen),
	};

	return cmocka_run_group_tests(tests, box_office_open, box_office_close);
}
