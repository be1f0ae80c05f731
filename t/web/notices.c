/* notices.c - see notices.h. */
#include "base/base.h"

#include "t/web/notices.h"

#include <setjmp.h>

#include <cmocka.h>

#include "base/files.h"

struct stack stack;
int next_seat;

int64_t
show(void)
{
	return stack_number(&stack, "SELECT MIN(show_id) FROM show_sales");
}

const char *
takes(struct visitor *v)
{
	next_seat += 2;		/* and never a single one between two */
	return buyer_takes(v, show(), next_seat, 1);
}

int64_t
newest_hold(void)
{
	return stack_number(&stack, "SELECT MAX(hold_id) FROM holds");
}

/* Of the newest hold, or its booking. */
int64_t
event(const char *type)
{
	int64_t hold = newest_hold();

	return stack_number(&stack, "SELECT COALESCE(MAX(outbox_id), 0) FROM outbox WHERE type = '%s' AND (subject_id = %" PRId64
	    " OR subject_id = (SELECT booking_id FROM bookings WHERE hold_id = %" PRId64 "))", type, hold, hold);
}

bool
ends_as(const char *state, int64_t id)
{
	return stack_until(&stack, 60, 1, TEXT("SELECT COUNT(*) FROM deliveries WHERE sink = 'mail' AND state = '%s' AND outbox_id = %" PRId64,
	    state, id));
}

struct span
letter(const char *type)
{
	int64_t id = event(type);
	struct span text = SPAN_NONE;

	assert_true(id > 0);
	assert_true(ends_as("sent", id));
	assert_true(file_read(stack.arena, TEXT("%s/mail/%" PRId64 "-%" PRId64 ".eml", stack.folder, show(), id), MiB, &text));
	return text;
}

void
assert_no_letter(const char *type)
{
	assert_true(event(type) > 0);
	assert_true(ends_as("dropped", event(type)));
}

bool
has(struct span text, const char *words)
{
	return memmem(text.p, text.n, words, strlen(words)) != NULL;
}

/* The path of the first link that begins so. */
const char *
link_in(struct span body, const char *path)
{
	const char *whole = TEXT("http://127.0.0.1:%d%s", stack.port, path), *at = strstr(CSTR(stack.arena, body), whole);
	struct span rest;

	assert_non_null(at);
	rest = span_of(at + strlen(whole) - strlen(path));
	return CSTR(stack.arena, span_cut(&rest, '\n'));
}

struct page
gives_address(struct visitor *v, const char *hold, const char *form)
{
	return visitor_post(v, TEXT("%s/address", hold), form);
}

const char *
link_for(struct visitor *v, const char *hold, const char *form)
{
	assert_int_equal(gives_address(v, hold, form).status, 303);
	logs_notice(&stack, letter_body(stack.arena, letter("HOLD_ADDRESS_GIVEN")));
	return link_in(letter_body(stack.arena, letter("HOLD_ADDRESS_GIVEN")), "/holds/");
}

const char *
link_to_seats(struct visitor *v, const char *hold)
{
	return link_for(v, hold, ANN);
}

/* The newest hold's seat is changed for another; where that leads. */
const char *
changes(struct visitor *v, const char *hold)
{
	struct page p;

	next_seat += 2;
	p = visitor_post(v, TEXT("%s/seats", hold), TEXT("seat=%" PRId64, buyer_seat(&stack, show(), next_seat)));
	assert_int_equal(p.status, 303);
	return CSTR(stack.arena, span_cut(&p.location, '?'));
}

/* All active holds have so many seconds left. */
void
left(int seconds)
{
	stack_later(&stack, (int)stack_number(&stack, "SELECT ROUND(TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(3), expires_at) / 1000000) FROM holds "
	    "WHERE hold_id = %" PRId64, newest_hold()) - seconds);
}

void
time_runs_out(void)
{
	stack_later(&stack, 4000);
	stack_reap(&stack);
}

void
every_rule_is_kept_and_no_token_is_in_a_log(void **state)
{
	(void)state;
	stack_later(&stack, 4000);
	stack_all_due(&stack);
	stack_reap(&stack);
	stack_reap(&stack);
	assert_int_equal(stack_audit(&stack), 0);
	logs_never(&stack, "ann@example.org");
	assert_true(logs_remembered() > 6);
	assert_true(logs_clean(&stack));
	assert_true(logs_lines(&stack, "foyer-access.log", "path=\"/holds/(token)/here\"", NULL) > 0);
}

/* Each test writes to ann, and holds that one has left would end in the middle of another. */
int
another_day(void **state)
{
	(void)state;
	time_runs_out();
	if (!stack_until(&stack, 60, 0, "SELECT (SELECT COUNT(*) FROM outbox WHERE NOT found) + (SELECT COUNT(*) FROM deliveries "
	    "WHERE state = 'waiting' AND sink = 'mail')"))
		return -1;
	stack_sql(&stack, "DELETE FROM reach_sent");
	return 0;
}

int
open_stack(void **state)
{
	(void)state;
	stack_open(&stack, "t/data/storm.programme", "", "");
	return 0;
}

int
close_stack(void **state)
{
	(void)state;
	stack_close(&stack);
	return 0;
}
