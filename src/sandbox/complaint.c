/* complaint.c - see complaint.h. */
#include "base/base.h"

#include "sandbox/complaint.h"

void *
complain(struct complaint *c, int status, const char *code, struct span param, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	c->status = status;
	c->type = "invalid_request_error";
	c->code = code;
	c->param = param;
	c->message = arena_copy(c->arena, span_of(text));
	return NULL;
}
