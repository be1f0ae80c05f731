/*
 * tmplc.c - the template compiler: templates/NAME.html becomes OUTDIR/NAME.h (struct NAME_view, void NAME_html()) and
 * OUTDIR/NAME.c. It must never let a value be printed unescaped, and never leaves output behind when it has complained.
 *
 *	tmplc -o OUTDIR [-d DEPFILE] templates/NAME.html | templates/mail/NAME.txt
 *
 * In a folder called mail a template is a letter: NAME.txt, and beside it NAME.html with the same view, become one struct with two
 * functions, NAME_text() and NAME_html(). Its HTML is read far from our site: a <style> without values may stand in it, an address is a
 * whole url, https://…, mailto: or cid:, and there are no assets.
 *
 * A template, in short:
 *
 *	{{view seatmap}} title:text  rows[] { label:text  seats[] { id:int  free:bool } }  hold{ token:token } {{/view}}
 *	    What the page gets from C; the name is the file's. `x:type` a value, `x[] { … }` a list, `x{ … }` a group; inside
 *	    `x{> head}` and `x[] {> row}` the fields are those of a partial, and C has one struct (head_fields) for all views.
 *	text      free text                                      struct span
 *	word      letters, digits, blank _ -                     struct span
 *	token     letters, digits, _ -                           struct span
 *	int       1200                                           int64_t
 *	money     £15.50                                         struct money
 *	day clock stamp isotime     times, in the zone of theirs struct moment
 *	url       https://… or http://…                          struct span
 *	path      /… of our own site                             struct span
 *	bool      for #if, never printed                         bool
 *	html      made by our own code                           struct html_safe
 *
 *	{{title}} {{hold.token}}                        a value, escaped as its place needs
 *	{{#each rows}} … {{else}} … {{/each}}           the names of an item beside those around, none hidden; else: no items
 *	{{#if free}} … {{else}} … {{/if}}               a bool, an int but 0, a text or list with something in it
 *	{{#one n}} seat {{else}} seats {{/one}}         singular for 1
 *	{{> head}} {{> head page}}                      templates/_head.html; its names come from here, or from the group page
 *	{{asset "seats.css"}}                           the hashed name of a file in static/
 *	{{! a comment }}
 *	A partial begins with {{fields}} … {{/fields}} and sees those names only.
 *
 * A line with nothing but blocks, partials and comments is not printed. In HTML, blanks shrink to one (a line break if there
 * was one) except in pre, textarea and values. Refused: values in script, style, on…, comments, names of tags and attributes,
 * unquoted values, addresses whose beginning is not fixed; blocks whose ways end in different parts of HTML; inline scripts
 * and (but for a letter's <style>) styles altogether. In a .txt nothing is escaped; line breaks in values become blanks.
 */
#include "tmplc.h"

static void
usage(void)
{
	fputs("usage: tmplc -o OUTDIR [-d DEPFILE] TEMPLATE\n", stderr);
	exit(2);
}

static bool
file_write(const char *file, const struct text *t)
{
	FILE *f = fopen(file, "wb");
	bool good;

	if (!f)
		return false;
	good = fwrite(t->p, 1, t->n, f) == t->n;
	return fclose(f) == 0 && good;
}

/* A rule of make: rebuilt when the template or a partial changes, not broken when one is gone. */
static struct text
dependencies(const char *header, const char *unit)
{
	struct text t = { NULL, 0, 0 };

	text_fmt(&t, "%s %s:", header, unit);
	for (const struct source *s = source_first(); s; s = s->next)
		text_fmt(&t, " %s", s->file);
	text_fmt(&t, "\n");
	for (const struct source *s = source_first(); s; s = s->next)
		text_fmt(&t, "\n%s:\n", s->file);
	return t;
}

int
main(int argc, char **argv)
{
	const char *outdir = NULL, *depfile = NULL, *template = NULL, *header, *unit;
	struct text h = { NULL, 0, 0 }, c = { NULL, 0, 0 }, deps;
	struct emitter e = { .depth = 0 }, twin_e = { .depth = 0 };
	const struct source *s, *twin;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "-o") && i + 1 < argc)
			outdir = argv[++i];
		else if (!strcmp(argv[i], "-d") && i + 1 < argc)
			depfile = argv[++i];
		else if (argv[i][0] != '-' && !template)
			template = argv[i];
		else
			usage();
	}
	if (!outdir || !template)
		usage();
	s = source_read(template, false, (struct place){ template, 1 });
	twin = source_twin(s);
	walk_source(&e, s);
	emit_header(&h, s, twin);
	emit_unit_head(&c, s);
	emit_function(&c, s, &e);
	if (twin) {
		walk_source(&twin_e, twin);
		emit_function(&c, twin, &twin_e);
	}
	header = keep_fmt("%s/%s.h", outdir, s->name);
	unit = keep_fmt("%s/%s.c", outdir, s->name);
	deps = dependencies(header, unit);
	if (!file_write(header, &h) || !file_write(unit, &c) || (depfile && !file_write(depfile, &deps))) {
		fprintf(stderr, "%s:1: cannot write to %s\n", s->file, outdir);
		remove(header);
		remove(unit);
		return 1;
	}
	return 0;
}
