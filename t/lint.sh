#!/bin/bash
# lint.sh - what a reader should not find: notes to oneself, somebody's folders, files and functions that are too long, shell scripts
# that shellcheck doubts, calls that have a better name here. Prints TAP.
set -euo pipefail
cd "${srcdir:-$(dirname "$0")/..}"
LONGEST_FILE=600 LONGEST_FUNCTION=80 LONGEST_LINE=160
n=0 failed=0

say()		# say SENTENCE FOUND: nothing found is good
{
	n=$((n + 1))
	if [ -z "$2" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		printf '%s\n' "$2" | head -n 40 | sed 's/^/# /'
		failed=1
	fi
}

# Everything that is ours: not what is built, fetched or made by autotools.
ours()		# ours FIND-EXPRESSION…
{
	find . \( -name .git -o -name 'build*' -o -name var -o -name node_modules -o -name autom4te.cache \) -prune -o \
	    -type f ! -name configure ! -name 'configure~' ! -name aclocal.m4 ! -name Makefile.in ! -name 'config.h.in*' \
	    ! -name package-lock.json \( "$@" \) -print | sort
}

mapfile -t code < <(ours -name '*.[ch]' -o -name '*.def')
mapfile -t text < <(ours -name '*.[ch]' -o -name '*.def' -o -name '*.sh' -o -name '*.mjs' -o -name '*.js' -o -name '*.css' -o \
    -name '*.html' -o -name '*.sql' -o -name '*.conf' -o -name '*.in' -o -name '*.am' -o -name '*.ac' -o -name '*.awk' -o \
    -name '*.md' -o -name README -o -name demo -o -name check -o -name run)
mapfile -t scripts < <(ours -name '*.sh' -o -name demo -o -name check -o -path './.ci/run')

# The marks are written so that this file does not find itself.
say 'no notes to oneself' "$(grep -nE '\b(TO[D]O|FIX[M]E|HA[C]K)\b' "${text[@]}" || true)"
say "no folder of somebody's machine" "$(grep -nE '(^|[^A-Za-z0-9_./-])/(hom[e]|roo[t]|wor[k])/' "${text[@]}" || true)"
say 'no line ends in white space' "$(grep -nE '[[:blank:]]+$' "${text[@]}" | grep -v '^./t/tmplc/' || true)"
say "no line is longer than $LONGEST_LINE" \
    "$(for f in "${code[@]}"; do expand "$f" | awk -v f="$f" -v most=$LONGEST_LINE 'length($0) > most { print f ":" NR ": " length($0) }'; done)"
say "no file is longer than $LONGEST_FILE lines" \
    "$(for f in "${text[@]}"; do [ "$f" = ./Makefile.am ] || awk -v f="$f" -v most=$LONGEST_FILE 'END { if (NR > most) print f ": " NR }' "$f"; done)"

# A function's body: from "{" to "}", both in the first column. In scripts and C alike.
long_functions()
{
	awk -v most=$LONGEST_FUNCTION '
	FNR == 1 { from = 0 }
	/^\{/ { from = FNR }
	/^\}/ { if (from && FNR - from - 1 > most) print FILENAME ":" from ": " FNR - from - 1; from = 0 }' "$@"
}
say "no function is longer than $LONGEST_FUNCTION lines" "$(long_functions "${code[@]}" "${scripts[@]}")"

say 'functions begin with the type on a line of its own' \
    "$(grep -nE '^(static |const |struct |void |int |bool |char |size_t |int64_t ).*\)[[:space:]]*\{?$' "${code[@]}" |
	grep -vE ';$|^[^:]*\.h:|/tools/|#define' | grep -E '\{$' || true)"
say 'names are not typedefs of structs' "$(grep -nE 'typedef struct' "${code[@]}" || true)"
say 'every header is guarded once' \
    "$(for f in "${code[@]}"; do case $f in *.h) grep -qE '^#(ifndef FOYER_|pragma once)' "$f" || echo "$f" ;; esac; done)"
say 'every source says what it is for' \
    "$(for f in "${code[@]}"; do head -n 1 "$f" | grep -qE '^/\*' || echo "$f"; done)"

if command -v shellcheck >/dev/null; then
	say 'shellcheck has no doubts' "$(shellcheck "${scripts[@]}" 2>&1 | grep -E '^In |\^-' || true)"
else
	n=$((n + 1))
	echo "ok $n - shellcheck has no doubts # SKIP there is no shellcheck"
fi
# One that is only read by another has no "#!" line, and shellcheck asks it then to name its shell.
say 'every script can be run' "$(for f in "${scripts[@]}"; do [ "$(head -c 2 "$f")" != '#!' ] || [ -x "$f" ] || echo "$f"; done)"

echo "1..$n"
exit $failed
