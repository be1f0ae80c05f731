/* fake_wire.c - see fake_wire.h. */
#include "base/base.h"

#include "t/fuzz/fake_wire.h"
#include "t/fuzz/reports.h"

#define MOST_EXCHANGES 64	/* a provider must not be able to keep us busy */

struct fake_wire fake_wire;

enum psp_result __wrap_wire_exchange(struct psp *, struct arena *, const struct wire_call *, struct wire_answer *);
struct span __wrap_wire_header(struct arena *, const char *name);

void
fake_wire_begin(struct span script)
{
	fake_wire = (struct fake_wire){ .script = script, .result = PSP_OK };
}

static void
check_call(const struct wire_call *call)
{
	check(++fake_wire.exchanges <= MOST_EXCHANGES);
	check(span_starts(call->url, FUZZ_BASE "/v"));
	check_url(call->url);
	check(call->post || !call->body.n);
	for (size_t i = 0; i < WIRE_MAX_HEADERS; i++) {
		struct span line = call->headers[i];

		check(!line.n || memchr(line.p, ':', line.n));
		for (size_t k = 0; k < line.n; k++)
			check(line.p[k] >= ' ' && line.p[k] < 0x7f);
	}
}

static struct span
next_answer(void)
{
	struct span all = fake_wire.script, line, left = all;

	while (left.n) {
		line = span_cut(&left, '\n');
		if (!span_is(line, "--"))
			continue;
		fake_wire.script = left;
		return (struct span){ all.p, (size_t)(line.p - all.p) };
	}
	fake_wire.script = left;
	return all;
}

static enum psp_result
result_of(struct span word, bool post)
{
	if (span_is(word, "busy"))
		return PSP_BUSY;
	return post && span_is(word, "unsure") ? PSP_UNSURE : PSP_AGAIN;
}

static enum psp_result
answer_next(struct arena *a, const struct wire_call *call, struct wire_answer *answer)
{
	struct span text = next_answer(), word = span_cut(&text, '\n');
	int64_t status;

	fuzz_headers_read(&fake_wire.headers, &text);
	if (!span_int(word, 200, 599, &status))
		return result_of(word, call->post);
	answer->status = (int)status;
	answer->body = arena_copy(a, text);
	return PSP_OK;
}

enum psp_result
__wrap_wire_exchange(struct psp *psp, struct arena *a, const struct wire_call *call, struct wire_answer *answer)
{
	bool token = strcmp(call->name, "token") == 0;
	enum psp_result r;

	check_call(call);
	*answer = (struct wire_answer){ .body = SPAN_NONE };
	psp->wait_ms = 0;
	if (token && !fake_wire.token_in_script) {
		answer->status = 200;
		answer->body = SPAN("{\"access_token\":\"A21AA\",\"expires_in\":3600}");
		return PSP_OK;
	}
	if (!token && fake_wire.sent)
		fake_wire.sent(call);
	r = answer_next(a, call, answer);
	if (!token) {
		fake_wire.changed = call->post;
		fake_wire.result = r;
		fake_wire.status = answer->status;
	}
	return r;
}

struct span
__wrap_wire_header(struct arena *a, const char *name)
{
	return arena_copy(a, fuzz_header(&fake_wire.headers, name));
}
