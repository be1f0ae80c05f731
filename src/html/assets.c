/* assets.c - see assets.h. */
#include "base/base.h"

#include <errno.h>

#include "base/files.h"
#include "html/assets.h"
#include "html/shapes.h"

#define LIST_MAX (256 * KiB)

static size_t
lines(struct span text)
{
	size_t n = 1;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	return n;
}

bool
assets_read(struct arena *a, const char *path)
{
	struct asset *table;
	struct span text;
	size_t n = 0;

	if (!path[0]) {
		html_assets_set(NULL, 0);
		return true;
	}
	if (!file_read(a, path, LIST_MAX, &text)) {
		log_error("assets", "file=%s error=\"%s\"", path, strerror(errno));
		return false;
	}
	table = ARENA_ARRAY(a, struct asset, lines(text));
	while (text.n) {
		struct span hashed = span_cut(&text, '\n'), name = span_cut(&hashed, '\t');

		if (!name.n)
			continue;
		if (!span_starts(hashed, "/static/") || !shape_path(hashed)) {
			log_error("assets", "file=%s line=%zu error=\"not a name, a tab and a path\"", path, n + 1);
			return false;
		}
		table[n++] = (struct asset){ CSTR(a, name), CSTR(a, hashed) };
	}
	html_assets_set(table, n);
	return true;
}
