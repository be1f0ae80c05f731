/* house.c - see house.h. */
#include "house.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "logs.h"
#include "operators.h"

#define PATIENCE_SECONDS 10

/* -- the scene ------------------------------------------------------------------------------------------------------------- */

static void
ann_buys_and_holds(struct house *h)
{
	const char *bought = buyer_takes(h->ann, h->show, 0, 2);
	struct page paid = buyer_at_provider(h->ann, buyer_pay(h->ann, bought), "pay");

	h->came_back = strstr(CSTR(h->stack.arena, paid.location), "/pay/return/");
	assert_non_null(h->came_back);
	buyer_lands(h->ann, paid);
	assert_true(stack_until(&h->stack, 10, 1, "SELECT COUNT(*) FROM bookings WHERE state = 'confirmed'"));
	h->booking = CSTR(h->stack.arena, visitor_get(h->ann, bought).location);
	assert_true(span_starts(span_of(h->booking), "/bookings/"));
	h->hold = buyer_takes(h->ann, h->show, 4, 2);
}

void
house_open(struct house *h)
{
	stack_open(&h->stack, "t/data/two-halls.programme", "", "");
	h->show = stack_number(&h->stack, "SELECT MIN(show_id) FROM show_sales");
	h->quick_show = h->show + 1;
	h->far_show = stack_number(&h->stack, "SELECT show_id FROM show_sales WHERE currency = 'USD'");
	h->ann = visitor_new(&h->stack);
	h->bob = visitor_new(&h->stack);
	h->nobody = visitor_new(&h->stack);
	ann_buys_and_holds(h);
	buyer_takes(h->bob, h->show, 10, 1);
	logs_never(&h->stack, "ann@example.org");
	logs_never(&h->stack, "Ann Example");
	stack_until(&h->stack, 5, 1, "SELECT COUNT(*) > 0 FROM psp_events");	/* the provider's webhook has come, and changes no more */
}

static const char *
checksums(struct house *h)
{
	struct span tables = span_of(stack_text(&h->stack, "SELECT GROUP_CONCAT(TABLE_NAME) FROM information_schema.TABLES "
	    "WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME NOT IN ('outbox', 'deliveries', 'relay_leases', 'relay_sinks', 'activity', "
	    "'reach_sent') AND TABLE_NAME NOT LIKE 'report%%'"));	/* the relay writes there in its own time */
	const char *events = stack_text(&h->stack, "SELECT COUNT(*), MAX(outbox_id) FROM outbox");

	return arena_fmt(h->stack.arena, "%s%s", stack_text(&h->stack, "CHECKSUM TABLE " PRSPAN, ARGSPAN(span_trim(tables))), events).p;
}

void
house_look(struct house *h)
{
	h->database = checksums(h);
}

int
house_before_test(void **state)
{
	house_look(*state);
	return 0;
}

int
house_after_test(void **state)
{
	struct house *h = *state;
	const char *now = checksums(h);
	int64_t lost = workers_lost(&h->stack);

	if (strcmp(h->database, now) != 0)
		fprintf(stderr, "the database has changed:\n%s%s", h->database, now);
	if (lost)
		fprintf(stderr, "workers lost: %" PRId64 "\n", lost);
	return strcmp(h->database, now) != 0 || lost;
}

/* -- asking ----------------------------------------------------------------------------------------------------------------- */

static int
connected(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval patience = { .tv_sec = PATIENCE_SECONDS };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return fd;
}

static struct page
answer_of(struct span all)
{
	struct page p = { .head = SPAN_NONE, .body = all, .location = SPAN_NONE, .type = SPAN_NONE };
	const char *end = memmem(all.p, all.n, "\r\n\r\n", 4);
	int64_t status;

	if (all.n < 12 || !end || !span_int((struct span){ all.p + 9, 3 }, 100, 599, &status))
		return p;
	p.status = (int)status;
	p.head = (struct span){ all.p, (size_t)(end + 2 - all.p) };
	p.body = (struct span){ end + 4, (size_t)(all.p + all.n - end - 4) };
	p.type = page_header(p, "Content-Type");
	p.location = page_header(p, "Location");
	return p;
}

struct page
house_wire(struct house *h, struct span request)
{
	int fd = connected(h->stack.port);
	char piece[4096];
	struct buf b;
	ssize_t n;

	assert_int_equal(send(fd, request.p, request.n, MSG_NOSIGNAL), request.n);
	buf_init(&b, h->stack.arena, 1 * MiB);
	while ((n = recv(fd, piece, sizeof(piece), 0)) > 0)
		buf_bytes(&b, piece, (size_t)n);
	close(fd);
	return answer_of(buf_view(&b));
}

/* -- what a refusal looks like ------------------------------------------------------------------------------------------------ */

void
assert_refused(struct page p, const char *sent, int status, const char *says)
{
	if (p.status != status || !page_has(p, says))
		fprintf(stderr, "%.100s: %d where %d \"%s\" is wanted: " PRSPAN "\n", sent, p.status, status, says,
		    ARGSPAN(page_between(p, "<h1>", "</main>")));
	assert_int_equal(p.status, status);
	assert_true(page_has(p, says));
	assert_true(span_starts(p.type, "text/html"));
	assert_true(page_has(p, "<h1>"));
	assert_false(page_has(p, "nginx"));
	assert_int_equal(page_header(p, "Set-Cookie").n, 0);
	assert_non_null(memmem(p.head.p, p.head.n, "no-store", 8));
}

void
assert_forms_refused(struct visitor *v, const char *path, const struct input *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_refused(visitor_post(v, path, list[i].sent), list[i].sent, list[i].status, list[i].says);
}

void
assert_pages_refused(struct visitor *v, const struct input *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_refused(visitor_get(v, list[i].sent), list[i].sent, list[i].status, list[i].says);
}
