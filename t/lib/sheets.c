/* sheets.c - see sheets.h. */
#include "sheets.h"

#include <setjmp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/files.h"

#define OUTPUT_MAX (8 * MiB)

void
sheets_need(void)
{
	static const char *const tools[] = { "pdftotext", "pdffonts", "pdfinfo", "pdftoppm", "zbarimg" };
	char command[64];

	for (size_t i = 0; i < ARRAY_LEN(tools); i++) {
		snprintf(command, sizeof(command), "command -v %s >/dev/null", tools[i]);
		if (system(command) != 0) {
			printf("1..0 # SKIP there is no %s\n", tools[i]);
			exit(77);	/* automake: skipped */
		}
	}
}

void
sheets_open(struct sheets *s, struct arena *a)
{
	s->arena = a;
	snprintf(s->folder, sizeof(s->folder), "/tmp/foyer-sheets-XXXXXX");
	assert_non_null(mkdtemp(s->folder));
}

void
sheets_close(struct sheets *s)
{
	assert_int_equal(system(arena_fmt(s->arena, "rm -rf '%s'", s->folder).p), 0);
}

static const char *
path(struct sheets *s, const char *name)
{
	return arena_fmt(s->arena, "%s/%s", s->folder, name).p;
}

void
sheets_put(struct sheets *s, const char *name, struct span bytes)
{
	FILE *f = fopen(path(s, name), "we");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
	assert_int_equal(fclose(f), 0);
}

struct span
sheets_get(struct sheets *s, const char *name)
{
	struct span bytes;

	assert_true(file_read(s->arena, path(s, name), OUTPUT_MAX, &bytes));
	return bytes;
}

const char *
sheets_ask(struct sheets *s, const char *command)
{
	FILE *f = popen(arena_fmt(s->arena, "cd '%s' && { %s ; } 2>errors", s->folder, command).p, "re");
	char piece[8192];
	struct buf b;
	size_t n;

	assert_non_null(f);
	buf_init(&b, s->arena, OUTPUT_MAX);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_bytes(&b, piece, n);
	pclose(f);
	return b.p;
}

const char *
sheets_words(struct sheets *s)
{
	const char *text = sheets_ask(s, "pdftotext paper.pdf -");
	struct buf b;

	buf_init(&b, s->arena, OUTPUT_MAX);
	for (; *text; text++)
		if (!strchr(" \n\f\t", *text))
			buf_byte(&b, *text);
		else if (b.n && b.p[b.n - 1] != ' ')
			buf_byte(&b, ' ');
	return b.p;
}

int
sheets_pages(struct sheets *s)
{
	const char *line = strstr(sheets_ask(s, "pdfinfo paper.pdf"), "Pages:");
	int64_t n = 0;

	assert_non_null(line);
	line += strlen("Pages:");
	assert_true(span_int(span_trim((struct span){ line, strcspn(line, "\n") }), 1, 1000, &n));
	return (int)n;
}

const char *
sheets_codes(struct sheets *s, int dots)
{
	return sheets_ask(s, arena_fmt(s->arena, "rm -f code-*; pdftoppm -r %d -gray paper.pdf code && zbarimg -q --raw code-*.pgm | sort",
	    dots).p);
}
