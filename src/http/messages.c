/* messages.c - see messages.h. */
#include "base/base.h"

#include "http/messages.h"

static const char *const texts[] = {
#define M(name, text) [M_##name] = text,
#include "http/messages.def"
#undef M
};

struct span
message(enum message m)
{
	return span_of(texts[m]);
}

struct span
message_about(struct arena *a, enum message m, struct span about)
{
	struct span text = message(m);
	const char *gap = strstr(text.p, "{}");

	if (!gap) {
		BUG("message %d has no place for \"" PRSPAN "\"", (int)m, ARGSPAN(about));
		return text;
	}
	return arena_fmt(a, "%.*s" PRSPAN "%s", (int)(gap - text.p), text.p, ARGSPAN(about), gap + 2);
}
