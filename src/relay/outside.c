/* outside.c - see outside.h. Whoever changes an option here changes what strangers can reach: t/unit/test_outside.c knows what may not. */
#include "base/base.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <strings.h>
#include <unistd.h>

#include "relay/outside.h"

#define PORT_HTTPS 443
#define PORT_LOWEST 1024		/* of the others: below are services that are no partner's */

/* -- addresses ----------------------------------------------------------------------------------------------------------------------- */

/* What is not on the public internet, or not one machine there (IANA's special-purpose registries, RFC 6890 and after). */
static const struct {
	uint32_t net;
	int bits;
} closed_v4[] = {
	{ 0x00000000, 8 },		/* this network */
	{ 0x0a000000, 8 },		/* private */
	{ 0x64400000, 10 },		/* between a provider and its customers */
	{ 0x7f000000, 8 },		/* this machine */
	{ 0xa9fe0000, 16 },		/* this link; clouds tell a machine's secrets at 169.254.169.254 */
	{ 0xac100000, 12 },		/* private */
	{ 0xc0000000, 24 },		/* protocols' own */
	{ 0xc0000200, 24 },		/* examples */
	{ 0xc0586300, 24 },		/* ways to IPv6 */
	{ 0xc0a80000, 16 },		/* private */
	{ 0xc6120000, 15 },		/* measuring */
	{ 0xc6336400, 24 },		/* examples */
	{ 0xcb007100, 24 },		/* examples */
	{ 0xe0000000, 4 },		/* groups */
	{ 0xf0000000, 4 },		/* nobody's yet, and everybody's: 255.255.255.255 */
};

/* Of 2000::/3. All else is no public address: ::, ::1, ::a.b.c.d, ::ffff:a.b.c.d, 64:ff9b::/96, fc00::/7, fe80::/10, ff00::/8 … */
static const struct {
	unsigned char net[4];
	int bits;
} closed_v6[] = {
	{ { 0x20, 0x01, 0x00, 0x00 }, 23 },	/* protocols' own: Teredo, which carries an IPv4 address, benchmarks, ORCHID */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32 },	/* examples */
	{ { 0x20, 0x02, 0x00, 0x00 }, 16 },	/* 6to4, which carries an IPv4 address */
	{ { 0x3f, 0xff, 0x00, 0x00 }, 20 },	/* examples */
};

static bool
good_v4(uint32_t address)
{
	for (size_t i = 0; i < ARRAY_LEN(closed_v4); i++)
		if ((address ^ closed_v4[i].net) >> (32 - closed_v4[i].bits) == 0)
			return false;
	return true;
}

static uint32_t
first_32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool
good_v6(const unsigned char address[16])
{
	uint32_t first = first_32(address);

	for (size_t i = 0; i < ARRAY_LEN(closed_v6); i++)
		if ((first ^ first_32(closed_v6[i].net)) >> (32 - closed_v6[i].bits) == 0)
			return false;
	return first >> 29 == 1;
}

bool
outside_address_good(const struct sockaddr *sa)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	switch (sa->sa_family) {
	case AF_INET:
		memcpy(&v4, sa, sizeof(v4));
		return good_v4(ntohl(v4.sin_addr.s_addr));
	case AF_INET6:
		memcpy(&v6, sa, sizeof(v6));
		return good_v6(v6.sin6_addr.s6_addr);
	default:
		return false;
	}
}

/* -- URLs ------------------------------------------------------------------------------------------------------------------------------ */

struct place {
	struct span scheme, host, port, plain;
	bool whole;			/* libcurl understood all of it */
};

static struct span
part(CURLU *u, struct arena *a, CURLUPart what, unsigned flags, bool *whole)
{
	struct span s = SPAN_NONE;
	char *text;

	if (curl_url_get(u, what, &text, flags) != CURLUE_OK) {
		*whole = false;
		return s;
	}
	s = arena_copy(a, span_of(text));
	curl_free(text);
	return s;
}

static struct place
place_of(struct arena *a, const char *url)
{
	CURLU *u = curl_url();
	struct place p = { .whole = true };

	if (!u)
		die("out of memory");
	if (curl_url_set(u, CURLUPART_URL, url, CURLU_DISALLOW_USER) != CURLUE_OK || curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0) != CURLUE_OK)
		p.whole = false;
	p.scheme = part(u, a, CURLUPART_SCHEME, 0, &p.whole);
	p.host = part(u, a, CURLUPART_HOST, 0, &p.whole);
	p.port = part(u, a, CURLUPART_PORT, CURLU_DEFAULT_PORT, &p.whole);
	p.plain = part(u, a, CURLUPART_URL, 0, &p.whole);
	curl_url_cleanup(u);
	return p;
}

static bool
in_list(struct arena *a, const char *allow, const struct place *p)
{
	const char *at = arena_fmt(a, PRSPAN ":" PRSPAN, ARGSPAN(p->host), ARGSPAN(p->port)).p;
	struct span rest = span_of(allow);

	while (rest.n) {
		struct span word = span_cut(&rest, ' ');

		if (word.n && strcasecmp(CSTR(a, word), at) == 0)
			return true;
	}
	return false;
}

/* What can be told of a host before it is asked for; libcurl writes every spelling of an IPv4 address with its dots. */
static bool
host_good(struct arena *a, struct span host, struct span *why)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	struct span inner = host;

	for (size_t i = 0; i < host.n; i++)
		if (host.p[i] <= ' ' || host.p[i] > '~') {
			*why = SPAN("the host must be written in ASCII (xn--…)");
			return false;
		}
	if (host.n > 2 && host.p[0] == '[')
		inner = (struct span){ host.p + 1, host.n - 2 };
	if ((inet_pton(AF_INET, CSTR(a, host), &v4.sin_addr) == 1 && !outside_address_good((struct sockaddr *)&v4)) ||
	    (inet_pton(AF_INET6, CSTR(a, inner), &v6.sin6_addr) == 1 && !outside_address_good((struct sockaddr *)&v6))) {
		*why = SPAN("the address is not a public one");
		return false;
	}
	if (!memchr(host.p, '.', host.n) && host.p[0] != '[')
		*why = SPAN("the host must be a whole name, with a dot in it");
	else if (host.p[host.n - 1] == '.')
		*why = SPAN("the host may not end in a dot");
	return !why->n;
}

static bool
place_good(struct arena *a, const struct place *p, struct span *why)
{
	int64_t port = 0;

	if (!span_is(p->scheme, "https"))
		*why = SPAN("the URL must begin with https://");
	else if (!span_int(p->port, 1, 65535, &port) || (port != PORT_HTTPS && port < PORT_LOWEST))
		*why = SPAN("the port must be 443, or 1024 and above");
	return !why->n && host_good(a, p->host, why);
}

static bool
url_judge(struct arena *a, const char *allow, const char *url, struct span *plain, bool *listed, struct span *why)
{
	struct place p = place_of(a, url);

	*why = SPAN_NONE;
	*plain = p.plain;
	*listed = p.whole && in_list(a, allow, &p);
	if (!p.whole || !p.host.n)
		*why = SPAN("this is no URL, or it has a user's name in it");
	else if (p.plain.n > OUTSIDE_URL_MAX)
		*why = SPAN("the URL is too long");
	else if (*listed && !span_among(p.scheme, "http https"))
		*why = SPAN("the URL must begin with https:// or http://");
	return !why->n && (*listed || place_good(a, &p, why));
}

bool
outside_url_good(struct arena *a, const char *allow, const char *url, struct span *plain, struct span *why)
{
	bool listed;

	return url_judge(a, allow, url, plain, &listed, why);
}

/* -- a call ------------------------------------------------------------------------------------------------------------------------------ */

/* libcurl asks here for every connection that it makes, with the address it is going to connect to. */
static curl_socket_t
open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct outside_call *c = context;

	if (purpose != CURLSOCKTYPE_IPCXN || (!c->listed && !outside_address_good(&to->addr))) {
		c->refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static size_t
keep_body(char *p, size_t size, size_t n, void *context)
{
	struct outside_call *c = context;
	size_t room = OUTSIDE_ANSWER_MAX - c->body.n;

	buf_bytes(&c->body, p, size * n < room ? size * n : room);
	return size * n <= room ? size * n : 0;
}

static size_t
count_head(char *p, size_t size, size_t n, void *context)
{
	struct outside_call *c = context;

	(void)p;
	c->head += size * n;
	return c->head <= OUTSIDE_ANSWER_MAX ? size * n : 0;
}

/* False where libcurl refuses an option: one of them may be what keeps it safe. */
static bool
set_all(CURL *h, struct outside_call *c, struct span url)
{
	unsigned bad = 0;

	bad |= curl_easy_setopt(h, CURLOPT_URL, url.p);
	bad |= curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, c->listed ? "http,https" : "https");
	bad |= curl_easy_setopt(h, CURLOPT_FOLLOWLOCATION, 0L);
	bad |= curl_easy_setopt(h, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	bad |= curl_easy_setopt(h, CURLOPT_PROXY, "");
	bad |= curl_easy_setopt(h, CURLOPT_NOPROXY, "*");
	bad |= curl_easy_setopt(h, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	bad |= curl_easy_setopt(h, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	bad |= curl_easy_setopt(h, CURLOPT_OPENSOCKETDATA, c);
	bad |= curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	bad |= curl_easy_setopt(h, CURLOPT_QUICK_EXIT, 1L);	/* a name server that is slow is not waited for when time is up */
	bad |= curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, OUTSIDE_CONNECT_MS);
	bad |= curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, OUTSIDE_TOTAL_MS);
	bad |= curl_easy_setopt(h, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	bad |= curl_easy_setopt(h, CURLOPT_USERAGENT, "foyer");
	bad |= curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, keep_body);
	bad |= curl_easy_setopt(h, CURLOPT_WRITEDATA, c);
	bad |= curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, count_head);
	bad |= curl_easy_setopt(h, CURLOPT_HEADERDATA, c);
	return bad == 0;
}

bool
outside_prepare(struct outside_call *c, CURL *h, struct arena *a, const char *allow, const char *url, struct span *why)
{
	struct span plain;

	*c = (struct outside_call){ .curl = h };
	buf_init(&c->body, a, OUTSIDE_ANSWER_MAX + 1);
	curl_easy_reset(h);
	if (!url_judge(a, allow, url, &plain, &c->listed, why))
		return false;
	if (set_all(h, c, plain))
		return true;
	BUG("libcurl refused an option");
	*why = SPAN("the call could not be made ready");
	return false;
}

long
outside_status(const struct outside_call *c, CURLcode rc, struct arena *a, struct span *why)
{
	long status = 0;

	*why = SPAN_NONE;
	curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status >= 200 && (rc == CURLE_OK || (rc == CURLE_WRITE_ERROR && c->body.n == OUTSIDE_ANSWER_MAX)))
		return status;
	if (rc != CURLE_OK && c->refused)
		*why = SPAN("the address is not a public one");
	else
		*why = arena_fmt(a, "%s", rc == CURLE_OK ? "no answer" : curl_easy_strerror(rc));
	return 0;
}

int64_t
outside_wait_ms(const struct outside_call *c)
{
	curl_off_t seconds = 0;

	if (curl_easy_getinfo(c->curl, CURLINFO_RETRY_AFTER, &seconds) != CURLE_OK || seconds <= 0)
		return 0;
	return seconds < OUTSIDE_WAIT_MOST_MS / 1000 ? seconds * 1000 : OUTSIDE_WAIT_MOST_MS;
}

/* -- a POST -------------------------------------------------------------------------------------------------------------------------------- */

static bool
list_add(struct curl_slist **list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*list, line);

	if (longer)
		*list = longer;
	return longer != NULL;
}

bool
outside_post_set(CURL *h, struct arena *a, const struct outside_letter *letter, struct curl_slist **list)
{
	unsigned bad = 0;

	*list = NULL;
	for (size_t i = 0; i < letter->n_headers; i++)
		bad |= !list_add(list, CSTR(a, letter->headers[i]));
	bad |= !list_add(list, "Expect:");
	bad |= curl_easy_setopt(h, CURLOPT_HTTPHEADER, *list) != CURLE_OK;
	if (letter->total_ms)
		bad |= curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, letter->total_ms) != CURLE_OK;
	bad |= curl_easy_setopt(h, CURLOPT_POST, 1L) != CURLE_OK;
	bad |= curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)letter->body.n) != CURLE_OK;
	bad |= curl_easy_setopt(h, CURLOPT_POSTFIELDS, letter->body.p) != CURLE_OK;
	return bad == 0;
}

static CURL *
handle_ready(void)
{
	static CURL *handle;

	if (!handle && (curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || !(handle = curl_easy_init())))
		die("libcurl does not start");
	return handle;
}

void
outside_post(struct arena *a, const char *allow, const struct outside_letter *letter, struct outside_answer *answer)
{
	struct curl_slist *list = NULL;
	struct outside_call c;
	CURLcode rc = CURLE_FAILED_INIT;

	*answer = (struct outside_answer){ .why = SPAN_NONE, .body = SPAN_NONE };
	if (!outside_prepare(&c, handle_ready(), a, allow, letter->url, &answer->why))
		return;
	if (outside_post_set(c.curl, a, letter, &list))
		rc = curl_easy_perform(c.curl);
	answer->status = outside_status(&c, rc, a, &answer->why);
	answer->wait_ms = outside_wait_ms(&c);
	answer->body = buf_view(&c.body);
	curl_slist_free_all(list);
}
