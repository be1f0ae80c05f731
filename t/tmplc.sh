#!/bin/sh
# tmplc.sh - the template compiler against t/tmplc: NAME.tmpl is compiled as "t"; beside it stands either NAME.err, its one
# complaint, or NAME.html (NAME.txt), the page it prints when NAME.fill has filled its view. NAME.letter beside it is a letter's text,
# whose twin is NAME.tmpl: then it prints NAME.txt and NAME.html.
#	TMPLC	the compiler; also heeded: srcdir, CC, CFLAGS
set -u
srcdir=${srcdir:-$(dirname "$0")/..}
srcdir=$(cd "$srcdir" && pwd)
TMPLC=${TMPLC:?}
case $TMPLC in /*) ;; *) TMPLC=$PWD/$TMPLC ;; esac
CC=${CC:-cc}
GLIB_CFLAGS=$(pkg-config --cflags glib-2.0)
GLIB_LIBS=$(pkg-config --libs glib-2.0)
FLAGS="-std=gnu17 -D_GNU_SOURCE -Wall -Wextra -Werror ${CFLAGS:-}"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/work"
failed=0
said=0

say()
{
	said=$((said + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok - $2"
	else
		echo "not ok - $2"
		failed=1
		[ -s "$tmp/diff" ] && sed 's/^/# /' "$tmp/diff"
	fi
	: >"$tmp/diff"
}

compile()	# compile ARGS…
{
	# shellcheck disable=SC2086
	"$CC" $FLAGS -I"$tmp" -I"$srcdir/src" -I"$tmp/work" $GLIB_CFLAGS "$@"
}

# What every page is linked with: the writer and what it needs of base.
: >"$tmp/config.h"
for c in base/span base/arena base/buf base/log base/money base/clock html/html html/plain html/shapes html/utf8; do
	compile -c "$srcdir/src/$c.c" -o "$tmp/$(basename $c).o" || exit 1
done

# The program that prints a page: t.h and t.fill are the case's, KIND is html or plain.
cat >"$tmp/print.c" <<'END'
#include "base/base.h"

#include "t.h"

static void
fill(struct t_view *v)
{
#include "t.fill"
}

int
main(void)
{
	static const struct asset assets[] = { { "seats.css", "/static/seats.3f9a.css" } };
	struct arena *a = arena_new(MiB);
	static struct t_view v;
	struct html out;

	log_open("print", LOG_LEVEL_ERROR);
	html_assets_set(assets, ARRAY_LEN(assets));
	html_init(&out, a, MiB);
	fill(&v);
#ifdef VIEWS_T_TEXT
	t_text(&out.buf, &v);
#endif
#ifdef LETTER
	fwrite(out.buf.p, 1, out.buf.n, stdout);
	html_init(&out, a, MiB);
#endif
#if defined(LETTER) || !defined(VIEWS_T_TEXT)
	t_html(&out, &v);
#endif
	fwrite(out.buf.p, 1, out.buf.n, stdout);
	arena_free(a);
	return out.buf.failed;
}
END

stage()		# stage CASE EXTENSION: the template and all partials, under the names the compiler wants
{
	rm -rf "$tmp/work"
	mkdir "$tmp/work"
	for partial in "$srcdir"/t/tmplc/_*.tmpl; do
		cp "$partial" "$tmp/work/$(basename "$partial" .tmpl).$2"
	done
	for partial in "$srcdir"/t/tmplc/_*.text; do
		[ "$2" = txt ] && cp "$partial" "$tmp/work/$(basename "$partial" .text).$2"
	done
	cp "$1.tmpl" "$tmp/work/t.$2"
	cd "$tmp/work" || exit 1
}

stage_letter()	# stage_letter CASE
{
	rm -rf "$tmp/work"
	mkdir -p "$tmp/work/mail"
	cp "$1.letter" "$tmp/work/mail/t.txt"
	if [ -e "$1.tmpl" ]; then cp "$1.tmpl" "$tmp/work/mail/t.html"; fi
	cd "$tmp/work" || exit 1
}

letter_refused()	# letter_refused CASE SENTENCE
{
	stage_letter "$1"
	if "$TMPLC" -o . -d t.d mail/t.txt 2>"$tmp/got"; then
		echo "was compiled" >"$tmp/got"
	fi
	diff -u "$1.err" "$tmp/got" >"$tmp/diff" && [ ! -e t.h ] && [ ! -e t.c ] && [ ! -e t.d ]
	say $? "$2"
}

letter_printed()	# letter_printed CASE SENTENCE
{
	stage_letter "$1"
	cp "$1.fill" t.fill
	{
		# shellcheck disable=SC2086
		"$TMPLC" -o . mail/t.txt && compile -c t.c -o t.o && compile -DLETTER "$tmp/print.c" t.o "$tmp"/*.o $GLIB_LIBS -o t
	} >"$tmp/diff" 2>&1 || { say 1 "$2"; return; }
	./t >"$tmp/got" 2>"$tmp/log"
	cat "$1.txt" "$1.html" | diff -u - "$tmp/got" >"$tmp/diff"
	say $? "$2"
}

refused()	# refused CASE SENTENCE
{
	stage "$1" html
	if "$TMPLC" -o . -d t.d t.html 2>"$tmp/got"; then
		echo "was compiled" >"$tmp/diff"
		say 1 "$2"
	elif [ -e t.h ] || [ -e t.c ] || [ -e t.d ]; then
		echo "left output behind" >"$tmp/diff"
		say 1 "$2"
	else
		diff -u "$1.err" "$tmp/got" >"$tmp/diff"
		say $? "$2"
	fi
}

printed()	# printed CASE SENTENCE EXTENSION
{
	stage "$1" "$3"
	cp "$1.fill" t.fill
	{
		# shellcheck disable=SC2086
		"$TMPLC" -o . -d t.d "t.$3" && compile -c t.c -o t.o && compile "$tmp/print.c" t.o "$tmp"/*.o $GLIB_LIBS -o t
	} >"$tmp/diff" 2>&1 || { say 1 "$2"; return; }
	./t >"$tmp/got" 2>"$tmp/log"
	diff -u "$1.$3" "$tmp/got" >"$tmp/diff"
	say $? "$2"
}

for case in "$srcdir"/t/tmplc/[!_]*.tmpl; do
	case=${case%.tmpl}
	sentence=$(basename "$case" | tr - ' ')
	if [ -e "$case.letter" ]; then
		continue
	elif [ -e "$case.err" ]; then
		refused "$case" "$sentence"
	elif [ -e "$case.html" ]; then
		printed "$case" "$sentence" html
	else
		printed "$case" "$sentence" txt
	fi
done

for case in "$srcdir"/t/tmplc/*.letter; do
	case=${case%.letter}
	sentence=$(basename "$case" | tr - ' ')
	if [ -e "$case.err" ]; then
		letter_refused "$case" "$sentence"
	else
		letter_printed "$case" "$sentence"
	fi
done

stage "$srcdir/t/tmplc/partials-print-what-their-place-declares" html
mkdir out
"$TMPLC" -o out -d out/t.d t.html && head -1 out/t.d >"$tmp/got"
echo "out/t.h out/t.c: t.html _badge.html _badge-of-page.html" >"$tmp/want"
diff -u "$tmp/want" "$tmp/got" >"$tmp/diff"
say $? "a view depends on its partials"

echo "1..$said"
exit $failed
