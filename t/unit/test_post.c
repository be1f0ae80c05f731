/* test_post.c - messages leave the house: as files that are whole, and by SMTP to a server in a child process that says what it is told. */
#include "base/base.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/files.h"
#include "relay/post.h"

#define MESSAGE "Subject: x\r\n\r\nHello.\r\n.\r\n.dot\r\n"
#define STUFFED "Subject: x\r\n\r\nHello.\r\n..\r\n..dot\r\n"	/* RFC 5321, 4.5.2 */

static struct arena *arena;

/* Shared with the child: what was said to it, and where it refuses. */
struct server {
	const char *refuse;		/* "RCPT"; "": at once; NULL: nowhere */
	const char *with;		/* "550 no such user" */
	char heard[64 * KiB];
	int port;
};
static struct server *server;
static pid_t server_pid;
static const char *user = "";		/* how we go there */
static enum post_tls tls = POST_TLS_OFF;

static struct parcel
parcel(void)
{
	return (struct parcel){ .name = SPAN("1-2"), .from = SPAN("tickets@foyer.example"), .to = SPAN("ann@example.org"), .message = SPAN(MESSAGE) };
}

/* -- the server ---------------------------------------------------------------------------------------------------------------- */

static void
serve(int fd)
{
	FILE *in = fdopen(fd, "r+");
	char line[2000];
	bool data = false;

	if (!in)
		_exit(1);
	setvbuf(in, NULL, _IOLBF, 0);
	fprintf(in, "%s\r\n", server->refuse && !*server->refuse ? server->with : "220 test");
	while (fgets(line, sizeof(line), in)) {
		size_t n = strlen(server->heard);

		snprintf(server->heard + n, sizeof(server->heard) - n, "%s", line);
		if (data && strcmp(line, ".\r\n") != 0)
			continue;
		fseek(in, 0, SEEK_CUR);
		if (server->refuse && strncmp(line, server->refuse, strlen(server->refuse)) == 0)
			fprintf(in, "%s: ann@example.org\r\n", server->with);
		else if (!data && strncmp(line, "DATA", 4) == 0)
			fputs("354 go on\r\n", in);
		else if (strncmp(line, "EHLO", 4) == 0 && *user)
			fputs("250-test\r\n250 AUTH PLAIN\r\n", in);
		else
			fputs("250 fine\r\n", in);
		fflush(in);
		data = !data && strncmp(line, "DATA", 4) == 0 && !(server->refuse && strcmp(server->refuse, "DATA") == 0);
	}
	_exit(0);
}

static void
server_start(const char *refuse, const char *with)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memset(server, 0, sizeof(*server));
	server->refuse = refuse;
	server->with = with;
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 4), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
	server->port = ntohs(at.sin_port);
	server_pid = fork();
	assert_true(server_pid >= 0);
	if (server_pid == 0)
		serve(accept(fd, NULL, NULL));
	close(fd);
}

static void
server_stop(void)
{
	kill(server_pid, SIGKILL);
	waitpid(server_pid, NULL, 0);
}

static enum sink_answer
answer(struct span *why)
{
	struct parcel p = parcel();

	struct post_server to = { .url = arena_fmt(arena, "smtp://127.0.0.1:%d", server->port).p, .user = user, .tls = tls, .ca_file = "",
		.password = { SPAN("guess-me") } };

	return post_by_smtp(arena, &to, &p, why);
}

/* -- tests --------------------------------------------------------------------------------------------------------------------- */

static void
smtp_carries_the_message_and_a_lone_dot_does_not_end_it(void **state)
{
	struct span why = SPAN_NONE;

	(void)state;
	server_start(NULL, NULL);
	assert_int_equal(answer(&why), SINK_TAKEN);
	assert_non_null(strstr(server->heard, "MAIL FROM:<tickets@foyer.example>"));
	assert_non_null(strstr(server->heard, "RCPT TO:<ann@example.org>"));
	assert_non_null(strstr(server->heard, "DATA\r\n" STUFFED ".\r\n"));
	server_stop();
}

static void
a_refusal_is_told_without_naming_anybody(void **state)
{
	struct span why = SPAN_NONE;

	(void)state;
	server_start("RCPT", "550 no");
	assert_int_equal(answer(&why), SINK_REFUSED);
	assert_true(span_starts(why, "smtp 550"));
	assert_null(memmem(why.p, why.n, "ann", 3));
	assert_null(strstr(server->heard, "DATA"));
	server_stop();
}

static void
a_server_that_cannot_is_told_from_one_that_will_not(void **state)
{
	static const struct {
		const char *at, *says;
		enum sink_answer answer;
	} cases[] = {
		{ "RCPT", "550 no such user", SINK_REFUSED }, { "RCPT", "553 no such name", SINK_REFUSED }, { "MAIL", "550 not from you", SINK_REFUSED },
		{ "DATA", "554 no", SINK_REFUSED }, { ".", "554 we do not like it", SINK_REFUSED }, { ".", "552 too long", SINK_REFUSED },
		{ "RCPT", "450 busy", SINK_LATER }, { "RCPT", "451 come again", SINK_LATER }, { "RCPT", "452 mailbox full", SINK_LATER },
		{ ".", "451 come again", SINK_LATER }, { ".", "421 going home", SINK_DOWN },
		{ "MAIL", "452 no room", SINK_LATER }, { "MAIL", "421 going home", SINK_DOWN }, { "DATA", "421 going home", SINK_DOWN },
		{ "MAIL", "530 log in first", SINK_DOWN }, { "", "554 no service here", SINK_DOWN }, { "", "421 too many", SINK_DOWN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct span why = SPAN_NONE;

		server_start(cases[i].at, cases[i].says);
		if (answer(&why) != cases[i].answer)
			fail_msg("%s at %s: " PRSPAN, cases[i].says, cases[i].at, ARGSPAN(why));
		assert_true(why.n > 0 && why.n <= 200);
		server_stop();
	}
}

static void
a_login_that_fails_is_the_houses_matter_and_never_told_with_the_password(void **state)
{
	static const char *const says[] = { "535 wrong", "454 come again", "534 another way" };

	(void)state;
	user = "foyer";
	for (size_t i = 0; i < ARRAY_LEN(says); i++) {
		struct span why = SPAN_NONE;

		server_start("AUTH", says[i]);
		assert_int_equal(answer(&why), SINK_DOWN);
		assert_true(why.n > 0);
		assert_null(memmem(why.p, why.n, "guess", 5));
		assert_null(strstr(server->heard, "MAIL FROM"));
		server_stop();
	}
	user = "";
}

static void
a_server_without_tls_gets_nothing_where_tls_is_required(void **state)
{
	struct span why = SPAN_NONE;

	(void)state;
	tls = POST_TLS_REQUIRE;
	server_start("STARTTLS", "502 what is that");
	assert_int_equal(answer(&why), SINK_DOWN);
	assert_true(why.n > 0);
	assert_null(strstr(server->heard, "MAIL FROM"));
	server_stop();
	tls = POST_TLS_TRY;
	server_start(NULL, NULL);
	assert_int_equal(answer(&why), SINK_TAKEN);
	server_stop();
	tls = POST_TLS_OFF;
}

static void
nobody_at_the_other_end_is_told_at_once(void **state)
{
	struct span why = SPAN_NONE;
	int64_t begun = clock_steady();

	(void)state;
	server_start(NULL, NULL);
	server_stop();
	assert_int_equal(answer(&why), SINK_DOWN);
	assert_true(why.n > 0);
	assert_in_range(clock_steady() - begun, 0, 4000);
}

static void
only_smtp_is_spoken(void **state)
{
	struct post_server to = { .url = "file:///dev/null", .user = "", .ca_file = "" };
	struct parcel p = parcel();
	struct span why = SPAN_NONE;

	(void)state;
	assert_int_not_equal(SINK_TAKEN, post_by_smtp(arena, &to, &p, &why));
	assert_true(why.n > 0);
}

static void
a_folder_gets_a_file_and_the_same_event_again_the_same_file(void **state)
{
	char folder[] = "/tmp/foyer-test-post-XXXXXX";
	struct parcel p = parcel();
	struct span why = SPAN_NONE, text;
	const char *path;
	struct dirent *e;
	int files = 0;
	DIR *d;

	(void)state;
	assert_non_null(mkdtemp(folder));
	path = arena_fmt(arena, "%s/1-2.eml", folder).p;
	for (int i = 0; i < 2; i++)
		assert_int_equal(post_to_folder(arena, folder, &p, &why), SINK_TAKEN);
	assert_true(file_read(arena, path, MiB, &text));
	assert_true(span_is(text, MESSAGE));
	d = opendir(folder);
	while ((e = readdir(d)))
		files += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	closedir(d);
	assert_int_equal(files, 1);
	unlink(path);
	rmdir(folder);
	assert_int_equal(post_to_folder(arena, folder, &p, &why), SINK_DOWN);
	assert_true(why.n > 0);
}

static int
open_all(void **state)
{
	(void)state;
	arena = arena_new(16 * MiB);
	server = mmap(NULL, sizeof(*server), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return server == MAP_FAILED;
}

static int
close_all(void **state)
{
	(void)state;
	munmap(server, sizeof(*server));
	arena_free(arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(smtp_carries_the_message_and_a_lone_dot_does_not_end_it),
		cmocka_unit_test(a_refusal_is_told_without_naming_anybody),
		cmocka_unit_test(a_server_that_cannot_is_told_from_one_that_will_not),
		cmocka_unit_test(a_login_that_fails_is_the_houses_matter_and_never_told_with_the_password),
		cmocka_unit_test(a_server_without_tls_gets_nothing_where_tls_is_required),
		cmocka_unit_test(nobody_at_the_other_end_is_told_at_once),
		cmocka_unit_test(only_smtp_is_spoken),
		cmocka_unit_test(a_folder_gets_a_file_and_the_same_event_again_the_same_file),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
