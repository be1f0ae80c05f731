/* test_html.c - hostile values in every place of a page: none may get out of it, and none may be changed but where it must. */
#include "base/base.h"

#include <setjmp.h>
#include <cmocka.h>

#include "contexts.h"
#include "html/plain.h"

struct hostile {
	struct span in;
	const char *text;		/* in text and attributes */
	const char *percent;		/* in an address */
	bool word, token, url, path;	/* does it have that shape? */
};

#define S(literal) { literal, sizeof(literal) - 1 }

static const struct hostile hostiles[] = {
	{ S(""), "", "", true, true, true, true },
	{ S("C7"), "C7", "C7", true, true, false, false },
	{ S("r12 c34"), "r12 c34", "r12%20c34", true, false, false, false },
	{ S("<script>alert(1)</script>"), "&lt;script&gt;alert(1)&lt;/script&gt;", "%3Cscript%3Ealert%281%29%3C%2Fscript%3E", false, false, false, false },
	{ S("</title></textarea>"), "&lt;/title&gt;&lt;/textarea&gt;", "%3C%2Ftitle%3E%3C%2Ftextarea%3E", false, false, false, false },
	{ S("\" onmouseover=\"x"), "&quot; onmouseover=&quot;x", "%22%20onmouseover%3D%22x", false, false, false, false },
	{ S("' autofocus onfocus='x"), "&#39; autofocus onfocus=&#39;x", "%27%20autofocus%20onfocus%3D%27x", false, false, false, false },
	{ S("&lt;b&gt;"), "&amp;lt;b&amp;gt;", "%26lt%3Bb%26gt%3B", false, false, false, false },
	{ S("javascript:alert(1)"), "javascript:alert(1)", "javascript%3Aalert%281%29", false, false, false, false },
	{ S("JAVA\tSCRIPT:x"), "JAVA\tSCRIPT:x", "JAVA%09SCRIPT%3Ax", false, false, false, false },
	{ S("data:text/html,x"), "data:text/html,x", "data%3Atext%2Fhtml%2Cx", false, false, false, false },
	{ S("//evil.example/"), "//evil.example/", "%2F%2Fevil.example%2F", false, false, false, false },
	{ S("/\\evil.example/"), "/\\evil.example/", "%2F%5Cevil.example%2F", false, false, false, false },
	{ S("/\t/evil.example/"), "/\t/evil.example/", "%2F%09%2Fevil.example%2F", false, false, false, false },
	{ S("/\n/evil.example/"), "/\n/evil.example/", "%2F%0A%2Fevil.example%2F", false, false, false, false },
	{ S("/shows/1?a=1&b='2'"), "/shows/1?a=1&amp;b=&#39;2&#39;", "%2Fshows%2F1%3Fa%3D1%26b%3D%272%27", false, false, false, true },
	{ S("/"), "/", "%2F", false, false, false, true },
	{ S("https://example.org/?a=\"b\""), "https://example.org/?a=&quot;b&quot;", "https%3A%2F%2Fexample.org%2F%3Fa%3D%22b%22", false, false, true, false },
	{ S("http://example.org"), "http://example.org", "http%3A%2F%2Fexample.org", false, false, true, false },
	{ S("https:///x"), "https:///x", "https%3A%2F%2F%2Fx", false, false, false, false },
	{ S("https:x"), "https:x", "https%3Ax", false, false, false, false },
	{ S("ftp://example.org/"), "ftp://example.org/", "ftp%3A%2F%2Fexample.org%2F", false, false, false, false },
	{ S(" https://example.org/"), " https://example.org/", "%20https%3A%2F%2Fexample.org%2F", false, false, false, false },
	{ S("https://example.org/\r\nSet-Cookie: x"), "https://example.org/\nSet-Cookie: x",
	    "https%3A%2F%2Fexample.org%2F%0D%0ASet-Cookie%3A%20x", false, false, false, false },
	{ S("?a=1&b#c"), "?a=1&amp;b#c", "%3Fa%3D1%26b%23c", false, false, false, false },
	{ S("%00%3c"), "%00%3c", "%2500%253c", false, false, false, false },
	{ S("a\0<b"), "a&lt;b", "a%00%3Cb", false, false, false, false },
	{ S("\x01\x08\x0b\x1f\x7f."), ".", "%01%08%0B%1F%7F.", false, false, false, false },
	{ S("\xc2\x80\xc2\x9f\xc2\xa0"), "\xc2\xa0", "%C2%80%C2%9F%C2%A0", false, false, false, false },
	{ S("Zo\xc3\xab \xe2\x82\xb9 \xf0\x9f\x8e\xad"), "Zo\xc3\xab \xe2\x82\xb9 \xf0\x9f\x8e\xad",
	    "Zo%C3%AB%20%E2%82%B9%20%F0%9F%8E%AD", false, false, false, false },
	{ S("\xff<"), "\xef\xbf\xbd&lt;", "%FF%3C", false, false, false, false },
	{ S("\xc3<"), "\xef\xbf\xbd&lt;", "%C3%3C", false, false, false, false },	/* must not swallow the < */
	{ S("\xc0\xbc"), "\xef\xbf\xbd\xef\xbf\xbd", "%C0%BC", false, false, false, false },	/* an overlong < */
	{ S("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", "%ED%A0%80", false, false, false, false },
	{ S("\xf4\x90\x80\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", "%F4%90%80%80", false, false, false, false },
	{ S("x\xe2\x82"), "x\xef\xbf\xbd\xef\xbf\xbd", "x%E2%82", false, false, false, false },
	{ S("tok-EN_9"), "tok-EN_9", "tok-EN_9", true, true, false, false },
};

struct page {
	struct arena *arena;
	struct html out;
};

static int
setup(void **state)
{
	static struct page f;

	log_open("test_html", LOG_LEVEL_ERROR);
	f.arena = arena_new(MiB);
	*state = &f;
	return 0;
}

static int
teardown(void **state)
{
	struct page *f = *state;

	arena_free(f->arena);
	return 0;
}

static const char *
wanted(struct arena *a, const struct hostile *h)
{
	const char *word = h->word ? h->text : "", *token = h->token ? h->text : "";
	const char *url = h->url ? h->text : "", *path = h->path ? h->text : "";

	return arena_fmt(a,
	    "<p>[%s]</p>\n<p title=\"[%s]\"></p>\n<p title='[%s]'></p>\n<textarea>[%s]</textarea>\n<title>[%s]</title>\n"
	    "<a href=\"/shows?q=%s\"></a>\n<form action=\"https://example.org/x=%s\"></form>\n"
	    "<p class=\"[%s]\"></p>\n<p id=\"[%s]\"></p>\n<a href=\"%s\"></a>\n<a href=\"%s\"></a>\n",
	    h->text, h->text, h->text, h->text, h->text, h->percent, h->percent, word, token, url, path).p;
}

static void
no_hostile_value_gets_out_of_its_place(void **state)
{
	struct page *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(hostiles); i++) {
		const struct hostile *h = &hostiles[i];
		struct contexts_view v = { h->in, h->in, h->in, h->in, h->in };

		arena_reset(f->arena);
		html_init(&f->out, f->arena, 64 * KiB);
		contexts_html(&f->out, &v);
		assert_false(f->out.buf.failed);
		assert_string_equal(f->out.buf.p, wanted(f->arena, h));
	}
}

static void
every_byte_is_escaped_dropped_or_itself(void **state)
{
	struct page *f = *state;

	for (int c = 0; c < 256; c++) {
		char byte = (char)c;

		arena_reset(f->arena);
		html_init(&f->out, f->arena, 64 * KiB);
		html_text(&f->out, (struct span){ &byte, 1 });
		if (strchr("&<>\"'", c) && c)
			assert_true(f->out.buf.n >= 4 && f->out.buf.p[0] == '&' && f->out.buf.p[f->out.buf.n - 1] == ';');
		else if (c >= 0x80)
			assert_string_equal(f->out.buf.p, "\xef\xbf\xbd");
		else if ((c < ' ' && c != '\t' && c != '\n') || c == 0x7f)
			assert_int_equal(f->out.buf.n, 0);
		else
			assert_true(f->out.buf.n == 1 && f->out.buf.p[0] == byte);
	}
}

static void
a_page_that_is_too_long_fails_and_stays_failed(void **state)
{
	struct page *f = *state;

	html_init(&f->out, f->arena, 4);
	html_text(&f->out, SPAN("ab"));
	assert_false(f->out.buf.failed);
	html_text(&f->out, SPAN("<"));
	assert_true(f->out.buf.failed);
	html_text(&f->out, SPAN("c"));
	assert_int_equal(f->out.buf.n, 2);
}

static void
money_of_an_unknown_currency_is_escaped(void **state)
{
	struct page *f = *state;
	struct money m = { 100, "<b>" };

	html_init(&f->out, f->arena, KiB);
	html_money(&f->out, m);
	assert_null(memchr(f->out.buf.p, '<', f->out.buf.n));
}

static void
a_value_cannot_add_a_line_to_a_mail(void **state)
{
	struct page *f = *state;
	struct buf b;

	buf_init(&b, f->arena, KiB);
	plain_text(&b, SPAN("Ann\r\nBcc: x@example.org\n\n<b>&\xc2\x85\xff"));
	assert_string_equal(b.p, "Ann Bcc: x@example.org  <b>&\xef\xbf\xbd");
}

static void
an_asset_prints_its_hashed_name(void **state)
{
	static const struct asset table[] = { { "a.css", "/static/a.77.css" } };
	struct page *f = *state;

	html_assets_set(table, ARRAY_LEN(table));
	html_init(&f->out, f->arena, KiB);
	html_asset(&f->out, "a.css");
	html_asset(&f->out, "b.css");
	assert_string_equal(f->out.buf.p, "/static/a.77.css/static/b.css");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_hostile_value_gets_out_of_its_place),
		cmocka_unit_test(every_byte_is_escaped_dropped_or_itself),
		cmocka_unit_test(a_page_that_is_too_long_fails_and_stays_failed),
		cmocka_unit_test(money_of_an_unknown_currency_is_escaped),
		cmocka_unit_test(a_value_cannot_add_a_line_to_a_mail),
		cmocka_unit_test(an_asset_prints_its_hashed_name),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
