/* told.c - see told.h. */
#include "told.h"

#include <setjmp.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway.h"

#define TRIES 12

static struct gateway service, texts;
static struct gateway_browser browser;
static int number;

const char *
told_open(int also)
{
	static char lines[400];

	gateway_open(&service);
	gateway_open(&texts);
	snprintf(lines, sizeof(lines), "push_key = yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw\npush_contact = mailto:it@foyer.example\n"
	    "outside_allow = 127.0.0.1:%d 127.0.0.1:%d\nsms_url = http://127.0.0.1:%d\nsms_user = AC1\nsms_password = x\nsms_from = Foyer\n", service.port,
	    also, texts.port);
	return lines;
}

void
told_close(void)
{
	gateway_close(&service);
	gateway_close(&texts);
}

static void
insists(struct visitor *v, const char *path, const char *form, int status)
{
	int got = 0;

	for (int i = 0; i < TRIES && got != status; i++) {
		got = visitor_post(v, path, form).status;
		usleep(got == status ? 0 : 150000);
	}
	assert_int_equal(got, status);
}

void
told_wanted(struct visitor *v, const char *hold)
{
	struct arena *a = visitor_stack(v)->arena;

	gateway_forget(&service);
	gateway_forget(&texts);
	browser = gateway_browser(a);
	insists(v, arena_fmt(a, "%s/push", hold).p, arena_fmt(a, "endpoint=http%%3A%%2F%%2F127.0.0.1%%3A%d%%2Fx&p256dh=%s&auth=%s", service.port,
	    browser.point_text, browser.auth_text).p, 204);
	/* another number each time: one that many name is not warned */
	insists(v, arena_fmt(a, "%s/text", hold).p, arena_fmt(a, "mobile=%%2B4477009%05d", ++number).p, 200);
}

void
told_assert(struct stack *s)
{
	assert_in_range(service.script->n, 1, 2);
	assert_in_range(texts.script->n, 1, 2);
	for (int i = 0; i < service.script->n; i++)
		assert_non_null(gateway_opened(s->arena, &browser, &service.script->log[i]));
}
