/* test_notices.c - what a buyer is told of a hold before it is paid: once, in time, and never of what is over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "t/lib/box_office.h"

#include <sys/wait.h>
#include <unistd.h>

#include "base/crypto.h"
#include "domain/hold_notices.h"
#include "domain/holds.h"
#include "domain/payments.h"
#include "domain/settle.h"

static int
sweep(void **state)
{
	struct box_office *f = *state;

	box_office_sweep(f, f->show);
	return 0;
}

static int64_t
held_by(struct box_office *f, int64_t buyer, int64_t seat)
{
	struct hold_ask ask = { .show = f->show, .buyer = buyer, .seats = { { seat }, 1 } };
	struct hold_result r;

	assert_int_equal(hold_take(f->db, f->arena, &ask, &r), OUTCOME_OK);
	return r.hold;
}

static int64_t
events(struct box_office *f, const char *type, int64_t subject)
{
	return box_office_number(f, "SELECT COUNT(*) FROM outbox WHERE type = '%s' AND subject_id = %" PRId64, type, subject);
}

/* What one look of the reaper comes to. */
static size_t
reaper_warns(struct db *db, struct arena *a)
{
	struct hold_id *list;
	size_t n = holds_to_warn(db, a, 50, &list), warned = 0;

	for (size_t i = 0; i < n; i++)
		warned += hold_warn(db, a, list[i].show, list[i].hold) == OUTCOME_OK;
	return warned;
}

static int64_t
payment_by(struct box_office *f, int64_t hold, int64_t buyer, const char *email)
{
	struct payment_begin ask = { .show = f->show, .hold = hold, .buyer = buyer, .payment = id_new(), .booking = id_new(),
		.provider = SPAN("stripe"), .email = span_of(email), .name = SPAN("Ann"), .amount = money_of(1600, SPAN("GBP")),
		.key = SPAN("key"), .body = SPAN("mode=payment") };
	int64_t payment;

	assert_int_equal(payment_begin(f->db, f->arena, &ask, &payment), OUTCOME_OK);
	assert_int_equal(payment_opened(f->db, f->arena, f->show, payment, arena_fmt(f->arena, "cs_%" PRId64, payment),
	    SPAN("https://pay.example/x")), OUTCOME_OK);
	return payment;
}

static int64_t
payment_for(struct box_office *f, int64_t hold, int64_t buyer)
{
	return payment_by(f, hold, buyer, "pay@example.org");
}

/* -- an address --------------------------------------------------------------------------------------------------------------- */

static enum outcome
gives(struct box_office *f, int64_t hold, int64_t buyer, const char *email)
{
	return hold_address_give(f->db, f->arena, f->show, hold, buyer, span_of(email));
}

static void
an_address_makes_one_letter_each_and_at_most_three(void **state)
{
	struct box_office *f = *state;
	int64_t hold = held_by(f, f->ann, f->seats[A1]), first;
	struct hold_address address;

	assert_int_equal(gives(f, hold, f->ann, "a@example.org"), OUTCOME_OK);
	first = hold_address_newest(f->db, f->show, hold);
	assert_int_equal(gives(f, hold, f->ann, "a@example.org"), OUTCOME_OK);
	assert_int_equal(hold_address_newest(f->db, f->show, hold), first);
	assert_int_equal(gives(f, hold, f->ann, "b@example.org"), OUTCOME_OK);
	assert_true(hold_address_newest(f->db, f->show, hold) > first);
	assert_int_equal(gives(f, hold, f->ann, "c@example.org"), OUTCOME_OK);
	assert_int_equal(gives(f, hold, f->ann, "d@example.org"), OUTCOME_LIMIT);
	assert_int_equal(hold_address_read(f->db, f->show, hold, &address), OUTCOME_OK);
	assert_true(span_is(address.email, "c@example.org") && address.good && address.generation == 3 && !address.tried);
	assert_int_equal(events(f, "HOLD_ADDRESS_GIVEN", hold), 3);
}

static void
nobody_gives_an_address_for_anothers_hold_or_one_that_is_over(void **state)
{
	struct box_office *f = *state;
	int64_t hold = held_by(f, f->ann, f->seats[A1]);

	assert_int_equal(gives(f, hold, f->bob, "b@example.org"), OUTCOME_NOT_FOUND);
	box_office_later(f, f->show, 601);
	assert_int_equal(gives(f, hold, f->ann, "a@example.org"), OUTCOME_EXPIRED);
	assert_int_equal(events(f, "HOLD_ADDRESS_GIVEN", hold), 0);
	assert_string_equal(box_office_text(f, "SELECT email, addresses FROM holds WHERE hold_id = %" PRId64, hold), "\t0\n");
}

static void
changed_seats_keep_their_address_and_old_links_lead_to_them(void **state)
{
	struct box_office *f = *state;
	int64_t hold = held_by(f, f->ann, f->seats[A1]);
	struct hold_ask ask = { .show = f->show, .buyer = f->ann, .replaces = hold, .seats = { { f->seats[B1] }, 1 } };
	struct hold_address address;
	struct hold_result r;
	struct hold h;

	assert_int_equal(gives(f, hold, f->ann, "a@example.org"), OUTCOME_OK);
	assert_int_equal(hold_take(f->db, f->arena, &ask, &r), OUTCOME_OK);
	assert_true(r.hold != hold);
	assert_int_equal(hold_of_letter(f->db, f->arena, f->show, hold, &h, &address), OUTCOME_OK);
	assert_int_equal(h.id, r.hold);
	assert_true(span_is(address.email, "a@example.org") && address.generation == 1);
	assert_int_equal(events(f, "HOLD_ADDRESS_GIVEN", r.hold), 0);
	assert_int_equal(gives(f, r.hold, f->ann, "b@example.org"), OUTCOME_OK);
	/* another address since: not theirs any more */
	assert_int_equal(hold_of_letter(f->db, f->arena, f->show, hold, &h, &address), OUTCOME_OK);
	assert_int_equal(h.id, hold);
}

static void
where_payment_was_tried_letters_go_to_the_address_typed_with_it(void **state)
{
	struct box_office *f = *state;
	int64_t given = held_by(f, f->ann, f->seats[A1]), not_given = held_by(f, f->bob, f->seats[A3]);
	struct hold_address address;

	assert_int_equal(gives(f, given, f->ann, "typo@example.org"), OUTCOME_OK);
	payment_for(f, given, f->ann);
	payment_for(f, not_given, f->bob);
	assert_int_equal(hold_address_read(f->db, f->show, given, &address), OUTCOME_OK);
	assert_true(span_is(address.email, "pay@example.org") && address.tried && !address.good);
	assert_int_equal(hold_address_read(f->db, f->show, not_given, &address), OUTCOME_OK);
	assert_true(span_is(address.email, "pay@example.org") && address.tried && address.good && address.generation == 0);
}

static bool
good_for(struct box_office *f, int64_t hold, const char *email)
{
	struct hold_address address;

	assert_int_equal(hold_address_read(f->db, f->show, hold, &address), OUTCOME_OK);
	assert_true(span_is(address.email, email));
	return address.good;
}

static void
links_that_went_to_the_address_typed_first_are_void_while_another_is_paid_with(void **state)
{
	struct box_office *f = *state;
	int64_t hold = held_by(f, f->ann, f->seats[A1]);

	payment_by(f, hold, f->ann, "typo@example.org");
	payment_by(f, hold, f->ann, "typo@example.org");
	assert_true(good_for(f, hold, "typo@example.org"));
	payment_by(f, hold, f->ann, "ann@example.org");
	assert_false(good_for(f, hold, "ann@example.org"));
	payment_by(f, hold, f->ann, "ann@example.com");
	assert_false(good_for(f, hold, "ann@example.com"));
	payment_by(f, hold, f->ann, "typo@example.org");
	assert_true(good_for(f, hold, "typo@example.org"));
}

static void
a_week_after_its_end_the_address_of_an_unpaid_hold_is_forgotten(void **state)
{
	struct box_office *f = *state;
	int64_t hold = held_by(f, f->ann, f->seats[A1]);

	assert_int_equal(gives(f, hold, f->ann, "a@example.org"), OUTCOME_OK);
	assert_int_equal(hold_release(f->db, f->arena, f->show, hold, f->ann), OUTCOME_OK);
	hold_addresses_forget(f->db, f->arena);
	assert_int_equal(box_office_number(f, "SELECT email <> '' FROM holds WHERE hold_id = %" PRId64, hold), 1);
	box_office_later(f, f->show, 8 * 86400);
	hold_addresses_forget(f->db, f->arena);
	assert_int_equal(box_office_number(f, "SELECT email <> '' FROM holds WHERE hold_id = %" PRId64, hold), 0);
}

/* Where no reaper ran for weeks, or so many ended at once. */
static void
an_address_is_forgotten_however_long_ago_its_hold_ended(void **state)
{
	struct box_office *f = *state;
	int64_t ended = held_by(f, f->ann, f->seats[A1]), paid = held_by(f, f->bob, f->seats[A3]), left = held_by(f, f->cat, f->seats[A5]);

	assert_int_equal(gives(f, ended, f->ann, "a@example.org"), OUTCOME_OK);
	assert_int_equal(gives(f, paid, f->bob, "b@example.org"), OUTCOME_OK);
	assert_int_equal(gives(f, left, f->cat, "c@example.org"), OUTCOME_OK);
	box_office_sql(f, "UPDATE holds SET state = 'confirmed' WHERE hold_id = %" PRId64, paid);
	assert_int_equal(hold_release(f->db, f->arena, f->show, ended, f->ann), OUTCOME_OK);
	box_office_later(f, f->show, 60 * 86400);
	assert_int_equal(hold_expire(f->db, f->arena, f->show, left, false), OUTCOME_OK);
	hold_addresses_forget(f->db, f->arena);
	assert_string_equal(box_office_text(f, "SELECT hold_id, email FROM holds WHERE email <> ''"),
	    arena_fmt(f->arena, "%" PRId64 "\tb@example.org\n", paid).p);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM holds WHERE forget_at IS NOT NULL"), 0);
}

/* -- the end is near ---------------------------------------------------------------------------------------------------------- */

static void
an_address_that_is_forgotten_makes_no_link_good_again(void **state)
{
	struct box_office *f = *state;
	int64_t hold = held_by(f, f->ann, f->seats[A1]);

	assert_int_equal(gives(f, hold, f->ann, "typo@example.org"), OUTCOME_OK);
	payment_for(f, hold, f->ann);
	box_office_later(f, f->show, 4000);
	assert_int_equal(hold_expire(f->db, f->arena, f->show, hold, false), OUTCOME_OK);
	box_office_later(f, f->show, 8 * 86400);
	hold_addresses_forget(f->db, f->arena);
	assert_int_equal(box_office_number(f, "SELECT email = '' FROM holds WHERE hold_id = %" PRId64, hold), 1);
	assert_false(good_for(f, hold, "pay@example.org"));
}

static void
two_minutes_before_its_end_a_hold_is_told_of_and_not_earlier(void **state)
{
	struct box_office *f = *state;
	int64_t hold = held_by(f, f->ann, f->seats[A1]);

	assert_int_equal(reaper_warns(f->db, f->arena), 0);
	box_office_later(f, f->show, 600 - 115);
	assert_int_equal(reaper_warns(f->db, f->arena), 1);
	assert_int_equal(events(f, "HOLD_ENDING", hold), 1);
	assert_int_equal(box_office_number(f, "SELECT ROUND(UNIX_TIMESTAMP(h.expires_at) * 1000) = JSON_VALUE(o.payload, '$.until') "
	    "FROM holds h JOIN outbox o ON o.subject_id = h.hold_id AND o.type = 'HOLD_ENDING' WHERE h.hold_id = %" PRId64, hold), 1);
	assert_int_equal(reaper_warns(f->db, f->arena), 0);
}

static void
with_some_seconds_left_nobody_is_told_any_more(void **state)
{
	struct box_office *f = *state;
	int64_t hold = held_by(f, f->ann, f->seats[A1]);

	box_office_later(f, f->show, 595);
	assert_int_equal(reaper_warns(f->db, f->arena), 0);
	assert_int_equal(hold_warn(f->db, f->arena, f->show, hold), OUTCOME_CHANGED);
	assert_int_equal(events(f, "HOLD_ENDING", hold), 0);
}

static void
a_hold_is_told_of_once_though_two_reapers_run(void **state)
{
	struct box_office *f = *state;
	const int64_t buyers[] = { f->ann, f->ann, f->bob, f->bob, f->cat, f->cat };
	const int places[] = { A1, A3, A5, B1, B3, A4 };
	pid_t other;
	size_t own;
	int status;

	for (size_t i = 0; i < ARRAY_LEN(buyers); i++)
		held_by(f, buyers[i], f->seats[places[i]]);
	box_office_later(f, f->show, 500);
	other = fork();
	assert_true(other >= 0);
	if (other == 0) {
		struct db *rival = box_office_rival(f);

		_exit((int)reaper_warns(rival, f->arena));
	}
	own = reaper_warns(f->db, f->arena);
	assert_int_equal(waitpid(other, &status, 0), other);
	assert_true(WIFEXITED(status));
	assert_int_equal(own + (size_t)WEXITSTATUS(status), ARRAY_LEN(buyers));
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM outbox WHERE type = 'HOLD_ENDING'"), (int64_t)ARRAY_LEN(buyers));
	assert_int_equal(box_office_number(f, "SELECT COUNT(DISTINCT subject_id) FROM outbox WHERE type = 'HOLD_ENDING'"), (int64_t)ARRAY_LEN(buyers));
}

/* Each is on a reaper's list already when it changes. */
static void
a_hold_that_was_paid_given_back_or_is_being_paid_is_not_told_of(void **state)
{
	struct box_office *f = *state;
	int64_t paid = held_by(f, f->ann, f->seats[A1]), back = held_by(f, f->bob, f->seats[A3]), taking = held_by(f, f->cat, f->seats[A5]);
	int64_t payment = payment_for(f, paid, f->ann), other = payment_for(f, taking, f->cat);
	struct settle_ask ask = { .show = f->show, .payment = payment, .fact = SETTLE_PAID, .amount = money_of(1600, SPAN("GBP")),
		.session = arena_fmt(f->arena, "cs_%" PRId64, payment), .capture = SPAN("pi_1"), .provider = SPAN_NONE };
	enum settled settled;
	struct hold_id *list;

	box_office_later(f, f->show, 500);
	assert_int_equal(holds_to_warn(f->db, f->arena, 50, &list), 3);
	assert_int_equal(settle(f->db, f->arena, &ask, &settled), OUTCOME_OK);
	assert_int_equal(hold_release(f->db, f->arena, f->show, back, f->bob), OUTCOME_OK);
	box_office_sql(f, "UPDATE payments SET state = 'capturing' WHERE payment_id = %" PRId64, other);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(hold_warn(f->db, f->arena, list[i].show, list[i].hold), OUTCOME_CHANGED);
	assert_int_equal(box_office_number(f, "SELECT COUNT(*) FROM outbox WHERE type = 'HOLD_ENDING'"), 0);
	assert_int_equal(holds_to_warn(f->db, f->arena, 50, &list), 0);
}

static void
after_an_extension_the_new_end_is_told_of(void **state)
{
	struct box_office *f = *state;
	int64_t hold = held_by(f, f->ann, f->seats[A1]);

	box_office_later(f, f->show, 500);
	assert_int_equal(reaper_warns(f->db, f->arena), 1);
	assert_int_equal(hold_extend(f->db, f->arena, f->show, hold, f->ann), OUTCOME_OK);
	assert_int_equal(reaper_warns(f->db, f->arena), 0);
	box_office_later(f, f->show, 300);
	assert_int_equal(reaper_warns(f->db, f->arena), 1);
	assert_int_equal(events(f, "HOLD_ENDING", hold), 2);
}

static void
expiry_does_not_wait_for_who_warns(void **state)
{
	struct box_office *f = *state;
	int64_t over = held_by(f, f->ann, f->seats[A1]), near;
	struct db *rival = box_office_rival(f);

	box_office_later(f, f->show, 700);
	near = held_by(f, f->bob, f->seats[A3]);
	/* one who stops in the middle of warning, with the locks it has then */
	assert_true(db_script(rival, arena_fmt(f->arena, "SET autocommit = 0;\nUPDATE holds SET warned_for = expires_at WHERE show_id = %" PRId64
	    " AND hold_id = %" PRId64 ";\n", f->show, near), "test"));
	assert_int_equal(hold_expire(f->db, f->arena, f->show, over, false), OUTCOME_OK);
	db_free(rival);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup(name, sweep)
		T(an_address_makes_one_letter_each_and_at_most_three), T(nobody_gives_an_address_for_anothers_hold_or_one_that_is_over),
		T(changed_seats_keep_their_address_and_old_links_lead_to_them), T(where_payment_was_tried_letters_go_to_the_address_typed_with_it),
		T(links_that_went_to_the_address_typed_first_are_void_while_another_is_paid_with),
		T(a_week_after_its_end_the_address_of_an_unpaid_hold_is_forgotten), T(an_address_is_forgotten_however_long_ago_its_hold_ended),
		T(an_address_that_is_forgotten_makes_no_link_good_again),
		T(two_minutes_before_its_end_a_hold_is_told_of_and_not_earlier), T(with_some_seconds_left_nobody_is_told_any_more),
		T(a_hold_is_told_of_once_though_two_reapers_run), T(a_hold_that_was_paid_given_back_or_is_being_paid_is_not_told_of),
		T(after_an_extension_the_new_end_is_told_of), T(expiry_does_not_wait_for_who_warns),
	};

	return cmocka_run_group_tests(tests, box_office_open, box_office_close);
}
