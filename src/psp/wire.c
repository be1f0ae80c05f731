/* wire.c - HTTP by libcurl. Knows no provider, judges no status, repeats nothing. */
#include "base/base.h"

#include <curl/curl.h>
#include <limits.h>

#include "base/clock.h"
#include "psp/wire.h"

#define CONNECT_TIMEOUT_MS 3000
#define LONGEST_WAIT_S 3600

static CURL *handle;

/* A clean handle; resetting keeps open connections, names and TLS sessions. */
static CURL *
handle_ready(void)
{
	if (handle) {
		curl_easy_reset(handle);
		return handle;
	}
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || !(handle = curl_easy_init()))
		die("libcurl does not start");
	return handle;
}

static size_t
keep_body(char *p, size_t size, size_t n, void *into)
{
	struct buf *b = into;

	buf_bytes(b, p, size * n);
	return b->failed ? 0 : size * n;
}

static struct curl_slist *
header_list(struct arena *a, const struct wire_call *call)
{
	struct curl_slist *list = NULL, *longer;

	for (size_t i = 0; i < WIRE_MAX_HEADERS; i++) {
		if (!call->headers[i].n)
			continue;
		longer = curl_slist_append(list, CSTR(a, call->headers[i]));
		if (!longer)
			die("out of memory");
		list = longer;
	}
	return list;
}

/* False when libcurl refuses an option: then the exchange must not happen, because one of them may be what keeps it safe. */
static bool
handle_set(CURL *h, struct arena *a, const struct wire_call *call, const struct curl_slist *headers, struct buf *body)
{
	long connect_ms = call->timeout_ms < CONNECT_TIMEOUT_MS ? (long)call->timeout_ms : CONNECT_TIMEOUT_MS;
	unsigned bad = 0;

	bad |= curl_easy_setopt(h, CURLOPT_URL, CSTR(a, call->url));
	bad |= curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https");
	bad |= curl_easy_setopt(h, CURLOPT_FOLLOWLOCATION, 0L);
	bad |= curl_easy_setopt(h, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	bad |= curl_easy_setopt(h, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	bad |= curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	bad |= curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
	bad |= curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, (long)call->timeout_ms);
	bad |= curl_easy_setopt(h, CURLOPT_USERAGENT, "foyer");
	bad |= curl_easy_setopt(h, CURLOPT_HTTPHEADER, headers);
	bad |= curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, keep_body);
	bad |= curl_easy_setopt(h, CURLOPT_WRITEDATA, body);
	if (call->post) {
		bad |= curl_easy_setopt(h, CURLOPT_POST, 1L);
		bad |= curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.n);
		bad |= curl_easy_setopt(h, CURLOPT_POSTFIELDS, call->body.p);
	}
	return bad == 0;
}

/* What a provider calls this exchange, if it is fit for a log line. */
static struct span
answer_id(struct arena *a, const char *header)
{
	struct span id = header ? wire_header(a, header) : SPAN_NONE;

	for (size_t i = 0; i < id.n; i++)
		if (id.p[i] <= ' ' || id.p[i] > '~' || i >= 64)
			return SPAN_NONE;
	return id;
}

static enum psp_result
exchange_end(struct psp *psp, struct arena *a, const struct wire_call *call, CURLcode rc, int64_t ms, int *status)
{
	long code = 0, sent = 0;
	curl_off_t wait_s = 0;
	struct span id;

	curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &code);
	curl_easy_getinfo(handle, CURLINFO_REQUEST_SIZE, &sent);
	curl_easy_getinfo(handle, CURLINFO_RETRY_AFTER, &wait_s);
	psp->wait_ms = rc == CURLE_OK && wait_s > 0 ? (wait_s < LONGEST_WAIT_S ? wait_s : LONGEST_WAIT_S) * 1000 : 0;
	id = answer_id(a, call->id_header);
	if (rc == CURLE_OK && code >= 200 && code < 600) {
		log_info("psp.call", "provider=%s call=%s status=%ld ms=%" PRId64 " id=" PRSPAN, psp->kind->name, call->name, code,
		    ms, ARGSPAN(id));
		*status = (int)code;
		return PSP_OK;
	}
	log_warn("psp.call", "provider=%s call=%s status=%ld ms=%" PRId64 " id=" PRSPAN " sent=%ld error=\"%s\"", psp->kind->name,
	    call->name, code, ms, ARGSPAN(id), sent, curl_easy_strerror(rc));
	return sent > 0 && call->post ? PSP_UNSURE : PSP_AGAIN;
}

enum psp_result
wire_exchange(struct psp *psp, struct arena *a, const struct wire_call *call, struct wire_answer *answer)
{
	const struct psp_gate *gate = call->gate ? call->gate : &psp->gate;
	CURL *h = handle_ready();
	struct curl_slist *headers;
	enum psp_result result;
	int64_t began;
	struct buf body;
	CURLcode rc;

	memset(answer, 0, sizeof(*answer));
	answer->body = SPAN_NONE;
	psp->wait_ms = 0;
	if (gate->enter && !gate->enter(gate->at)) {
		log_warn("psp.busy", "provider=%s call=%s", psp->kind->name, call->name);
		return PSP_BUSY;
	}
	buf_init(&body, a, call->most ? call->most : WIRE_MAX_ANSWER);
	headers = header_list(a, call);
	if (handle_set(h, a, call, headers, &body)) {
		began = clock_steady();
		rc = curl_easy_perform(h);
		result = exchange_end(psp, a, call, rc, clock_steady() - began, &answer->status);
		answer->body = buf_view(&body);
	} else {
		BUG("libcurl refused an option for %s", call->name);
		result = PSP_AGAIN;
	}
	curl_slist_free_all(headers);
	if (gate->leave)
		gate->leave(gate->at, result == PSP_OK && answer->status < 500, psp->wait_ms);
	return result;
}

struct span
wire_header(struct arena *a, const char *name)
{
	struct curl_header *h;

	if (!handle || curl_easy_header(handle, name, 0, CURLH_HEADER, -1, &h) != CURLHE_OK)
		return SPAN_NONE;
	return arena_copy(a, span_of(h->value));
}

void
wire_escape(struct buf *b, struct span s)
{
	char *text;

	if (!s.n)
		return;			/* libcurl would take 0 to mean "measure it" */
	text = s.n > INT_MAX ? NULL : curl_easy_escape(NULL, s.p, (int)s.n);
	if (!text)
		die("out of memory");
	buf_text(b, text);
	curl_free(text);
}

enum psp_result
psp_fetch(struct psp *psp, struct arena *a, struct span url, struct span *body)
{
	const struct wire_call call = { .name = "fetch", .url = url, .body = SPAN_NONE, .timeout_ms = WIRE_FETCH_MS, .most = WIRE_FETCH_MAX,
		.gate = &psp->fetch_gate };
	struct wire_answer answer;
	enum psp_result r = wire_exchange(psp, a, &call, &answer);

	*body = answer.body;
	return r == PSP_OK && answer.status != 200 ? PSP_AGAIN : r;
}

struct span
wire_path(struct arena *a, const char *before, struct span id, const char *after)
{
	struct buf b;

	buf_init(&b, a, 2 * KiB);
	buf_text(&b, before);
	wire_escape(&b, id);
	buf_text(&b, after);
	return buf_view(&b);
}

bool
wire_header_good(struct span value, size_t most)
{
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] <= ' ' || value.p[i] > '~')
			return false;
	return value.n <= most;
}
