/*
 * test_outside.c - what somebody else's URL cannot make us do. Names and connections are the test's own here: getaddrinfo() says what
 * it is told, and a connection to a public address goes to a server in a child process, so that a name can change its meaning.
 */
#include "base/base.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "t/lib/partner.h"

#include "relay/outside.h"

static struct arena *arena;
static struct partner partner;
static char resolved[64];		/* what every name means */
static int public_connects;

/* -- the test's internet ----------------------------------------------------------------------------------------------------------- */

struct answer_of_names {
	struct addrinfo info;
	struct sockaddr_in6 at;
};

int
getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **to)
{
	struct answer_of_names *n = calloc(1, sizeof(*n));
	struct sockaddr_in *v4 = (struct sockaddr_in *)&n->at;
	int64_t port = 0;

	(void)name;
	span_int(span_of(service), 0, 65535, &port);
	n->info = (struct addrinfo){ .ai_socktype = hints ? hints->ai_socktype : SOCK_STREAM, .ai_protocol = IPPROTO_TCP,
		.ai_addr = (struct sockaddr *)&n->at };
	if (inet_pton(AF_INET, resolved, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)port);
		n->info.ai_addrlen = sizeof(*v4);
	} else {
		inet_pton(AF_INET6, resolved, &n->at.sin6_addr);
		n->at.sin6_family = AF_INET6;
		n->at.sin6_port = htons((uint16_t)port);
		n->info.ai_addrlen = sizeof(n->at);
	}
	n->info.ai_family = n->at.sin6_family;
	*to = &n->info;
	return 0;
}

void
freeaddrinfo(struct addrinfo *info)
{
	free(info);
}

int
connect(int fd, const struct sockaddr *to, socklen_t size)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)partner.port) };

	if (to->sa_family == AF_INET && outside_address_good(to)) {
		public_connects++;
		return (int)syscall(SYS_connect, fd, &here, sizeof(here));
	}
	return (int)syscall(SYS_connect, fd, to, size);
}

/* -- addresses ------------------------------------------------------------------------------------------------------------------------ */

static bool
good(const char *text)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
		return outside_address_good((struct sockaddr *)&v4);
	assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
	return outside_address_good((struct sockaddr *)&v6);
}

static const char *const closed[] = {
	"0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1", "127.255.255.255",
	"169.254.0.0", "169.254.169.254", "169.254.255.255", "172.16.0.0", "172.31.255.255", "192.0.0.0", "192.0.0.255", "192.0.2.0",
	"192.0.2.255", "192.88.99.1", "192.168.0.0", "192.168.255.255", "198.18.0.0", "198.19.255.255", "198.51.100.0", "198.51.100.255",
	"203.0.113.0", "203.0.113.255", "224.0.0.1", "239.255.255.255", "240.0.0.0", "255.255.255.255",
	"::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::808:808",
	"64:ff9b:1::1", "100::1", "2001::1", "2001:0:7f00:1::", "2001:2::1", "2001:10::1", "2001:1ff:ffff::1", "2001:db8::1",
	"2001:db8:ffff::1", "2002:7f00:1::", "2002:808:808::1", "3fff::1", "3fff:fff::1", "4000::1", "5f00::1", "fc00::1", "fd00:ec2::254",
	"fdff:ffff::1", "fe80::1", "febf::1", "fec0::1", "ff02::1", "ff0e::1", "1fff::1",
};

static const char *const open_to_all[] = {
	"1.0.0.0", "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
	"169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.0", "192.0.3.0", "192.88.98.255",
	"192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0",
	"223.255.255.255", "2000::1", "2001:200::1", "2001:4860:4860::8888", "2001:db7::1", "2001:db9::1", "2003::1", "2606:4700::1",
	"3ffe:ffff::1", "3fff:1000::1",
};

static void
only_public_addresses_are_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(closed); i++)
		if (good(closed[i]))
			fail_msg("%s is open", closed[i]);
	for (size_t i = 0; i < ARRAY_LEN(open_to_all); i++)
		if (!good(open_to_all[i]))
			fail_msg("%s is closed", open_to_all[i]);
}

static void
an_address_of_another_family_is_not_good(void **state)
{
	struct sockaddr sa = { .sa_family = AF_UNIX };

	(void)state;
	assert_false(outside_address_good(&sa));
}

/* -- URLs ------------------------------------------------------------------------------------------------------------------------------ */

static bool
url_good(const char *allow, const char *url)
{
	struct span plain, why;
	bool is = outside_url_good(arena, allow, url, &plain, &why);

	assert_int_equal(is, why.n == 0);
	return is;
}

static void
no_spelling_of_a_url_leads_inside(void **state)
{
	static const char *const bad[] = {
		"", "partner.example", "//partner.example/x", "http://partner.example/", "ftp://partner.example/", "file:///etc/passwd",
		"gopher://partner.example/", "dict://partner.example/", "smtp://partner.example/", "javascript:alert(1)", "https://", "https:///x",
		"https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f.1/", "https://0x7f000001/", "https://0177.0.0.1/",
		"https://017700000001/", "https://0/", "https://0.0.0.0/", "https://169.254.169.254/latest/meta-data/", "https://0xa9fea9fe/",
		"https://10.0.0.1/", "https://192.168.1.1/", "https://[::1]/", "https://[::]/", "https://[::ffff:127.0.0.1]/",
		"https://[::ffff:7f00:1]/", "https://[64:ff9b::7f00:1]/", "https://[fe80::1]/", "https://[fe80::1%25eth0]/", "https://[fd00::1]/",
		"https://[2002:7f00:1::]/", "https://localhost/", "https://metadata/", "https://partner.example./", "https://127.0.0.1./",
		"https://user@partner.example/", "https://user:word@partner.example/", "https://partner.example@127.0.0.1/",
		"https://partner.example:22/", "https://partner.example:25/", "https://partner.example:80/", "https://partner.example:0/",
		"https://partner.example:65536/", "https://partner.example:443x/", "https://b\xc3\xbc" "cher.example/", "https://part ner.example/",
		"https://partner.example/\r\nX: y", "https://\xe2\x91\xa0\xe2\x91\xa1\xe2\x91\xa6.0.0.1/", "https://[::1/", "https://%31%32%37.0.0.1/",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (url_good("", bad[i]))
			fail_msg("%s is good", bad[i]);
}

static void
an_endless_url_is_refused(void **state)
{
	char url[OUTSIDE_URL_MAX + 100] = "https://partner.example/";

	(void)state;
	memset(url + strlen(url), 'x', sizeof(url) - 1 - strlen(url));
	assert_false(url_good("", url));
}

static void
a_partners_url_is_taken_as_libcurl_understands_it(void **state)
{
	struct span plain, why;

	(void)state;
	assert_true(url_good("", "https://partner.example"));
	assert_true(url_good("", "https://partner.example:8443/in?key=1"));
	assert_true(url_good("", "https://xn--bcher-kva.example/"));
	assert_true(url_good("", "https://8.8.8.8/"));
	assert_true(url_good("", "https://[2606:4700::1111]/"));
	assert_true(outside_url_good(arena, "", "HTTPS://Partner.example:443/a/../b#part", &plain, &why));
	assert_true(span_is(plain, "https://Partner.example:443/b"));
}

static void
the_list_opens_one_host_at_one_port_and_no_other(void **state)
{
	const char *list = "127.0.0.1:8080 hooks.inside:80 [::1]:9000";

	(void)state;
	assert_true(url_good(list, "http://127.0.0.1:8080/x"));
	assert_true(url_good(list, "https://127.0.0.1:8080/x"));
	assert_true(url_good(list, "http://2130706433:8080/x"));	/* which is that very host */
	assert_true(url_good(list, "http://HOOKS.inside/x"));
	assert_true(url_good(list, "http://[::1]:9000/"));
	assert_false(url_good(list, "http://127.0.0.1:8081/"));
	assert_false(url_good(list, "http://127.0.0.1/"));
	assert_false(url_good(list, "https://127.0.0.2:8080/"));
	assert_false(url_good(list, "http://hooks.inside:8080/"));
	assert_false(url_good(list, "http://x.hooks.inside/"));
	assert_false(url_good(list, "http://user@127.0.0.1:8080/"));
	assert_false(url_good(list, "ftp://127.0.0.1:8080/"));
}

/* -- calls ------------------------------------------------------------------------------------------------------------------------------ */

static struct outside_answer
post(const char *allow, const char *url)
{
	struct span headers[] = { SPAN("Content-Type: application/json") };
	struct outside_letter l = { .url = url, .headers = headers, .n_headers = 1, .body = SPAN("{\"a\":1}") };
	struct outside_answer a;

	outside_post(arena, allow, &l, &a);
	return a;
}

static const char *
here(const char *path)
{
	return arena_fmt(arena, "http://127.0.0.1:%d%s", partner.port, path).p;
}

static const char *
list_of(const char *host)
{
	return arena_fmt(arena, "%s:%d", host, partner.port).p;
}

static void
a_listed_host_gets_the_post_and_its_answer_is_heard(void **state)
{
	struct outside_answer a;

	(void)state;
	partner.script->status = 503;
	snprintf(partner.script->more, sizeof(partner.script->more), "Retry-After: 120\r\n");
	a = post(list_of("127.0.0.1"), here("/in"));
	assert_int_equal(a.status, 503);
	assert_int_equal(a.wait_ms, 120000);
	assert_true(span_is(a.body, "fine"));
	assert_int_equal(partner.script->n, 1);
	assert_string_equal(partner.script->log[0].body, "{\"a\":1}");
}

static void
what_the_list_does_not_name_is_not_called(void **state)
{
	(void)state;
	assert_int_equal(post("", here("/")).status, 0);
	assert_int_equal(post("127.0.0.1:1", here("/")).status, 0);
	assert_int_equal(partner.script->connections, 0);
}

static void
whatever_a_name_means_only_public_addresses_are_called(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(closed); i++) {
		struct outside_answer a;

		snprintf(resolved, sizeof(resolved), "%s", closed[i]);
		a = post("", arena_fmt(arena, "https://n%zu.example:%d/", i, partner.port).p);
		if (a.status || !span_is(a.why, "the address is not a public one"))
			fail_msg("%s: %ld " PRSPAN, closed[i], a.status, ARGSPAN(a.why));
	}
	assert_int_equal(partner.script->connections, 0);
}

/* There is no TLS at this partner, so no call succeeds; but those with the public meaning reach it, and the others do not. */
static void
a_name_that_turns_inside_is_not_followed_there(void **state)
{
	struct outside_call c;
	struct span why;
	CURL *h = curl_easy_init();
	const char *url = arena_fmt(arena, "https://turning.example:%d/", partner.port).p;

	(void)state;
	partner.script->how = PARTNER_HANGS_UP;
	for (int i = 0; i < 4; i++) {
		snprintf(resolved, sizeof(resolved), "%s", i % 2 ? "169.254.169.254" : "8.8.4.4");
		assert_true(outside_prepare(&c, h, arena, "", url, &why));
		curl_easy_setopt(h, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
		curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, 3000L);
		assert_int_equal(outside_status(&c, curl_easy_perform(h), arena, &why), 0);
		assert_int_equal(c.refused, i % 2);
		assert_int_equal(public_connects, i / 2 + 1);
	}
	curl_easy_cleanup(h);
}

static void
a_redirect_is_an_answer_and_not_a_way(void **state)
{
	struct outside_answer a;

	(void)state;
	partner.script->status = 302;
	snprintf(partner.script->more, sizeof(partner.script->more), "Location: %s\r\n", here("/elsewhere"));
	a = post(list_of("127.0.0.1"), here("/"));
	assert_int_equal(a.status, 302);
	assert_int_equal(partner.script->connections, 1);
}

static void
no_proxy_of_the_environment_is_asked(void **state)
{
	(void)state;
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("all_proxy", "http://127.0.0.1:1", 1);
	assert_int_equal(post(list_of("127.0.0.1"), here("/")).status, 204);
	unsetenv("http_proxy");
	unsetenv("all_proxy");
}

static void
an_endless_answer_is_cut_and_counts(void **state)
{
	struct outside_answer a;

	(void)state;
	partner.script->how = PARTNER_FLOODS;
	a = post(list_of("127.0.0.1"), here("/"));
	assert_int_equal(a.status, 200);
	assert_int_equal(a.body.n, OUTSIDE_ANSWER_MAX);
}

static void
whoever_hangs_up_has_not_answered(void **state)
{
	(void)state;
	partner.script->how = PARTNER_HANGS_UP;
	assert_int_equal(post(list_of("127.0.0.1"), here("/")).status, 0);
	partner_stop(&partner);
	assert_int_equal(post(list_of("127.0.0.1"), here("/")).status, 0);
}

static int
anew(void **state)
{
	(void)state;
	partner_forget(&partner);
	public_connects = 0;
	arena_reset(arena);
	return 0;
}

static int
open_all(void **state)
{
	(void)state;
	log_open("test", LOG_LEVEL_ERROR);
	arena = arena_new(32 * MiB);
	partner_open(&partner);
	return 0;
}

static int
close_all(void **state)
{
	(void)state;
	partner_close(&partner);
	arena_free(arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup(name, anew)
		T(only_public_addresses_are_good), T(an_address_of_another_family_is_not_good), T(no_spelling_of_a_url_leads_inside),
		T(an_endless_url_is_refused), T(a_partners_url_is_taken_as_libcurl_understands_it),
		T(the_list_opens_one_host_at_one_port_and_no_other), T(a_listed_host_gets_the_post_and_its_answer_is_heard),
		T(what_the_list_does_not_name_is_not_called), T(whatever_a_name_means_only_public_addresses_are_called),
		T(a_name_that_turns_inside_is_not_followed_there), T(a_redirect_is_an_answer_and_not_a_way), T(no_proxy_of_the_environment_is_asked),
		T(an_endless_answer_is_cut_and_counts), T(whoever_hangs_up_has_not_answered),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
