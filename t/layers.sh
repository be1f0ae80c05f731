#!/bin/sh
# layers.sh - holds every #include of src/ against the list of what each folder may include, so that no circle can form (README,
# "Layout"). One test a folder, and one for headers that only one folder may know. Prints TAP.
set -eu
srcdir=${srcdir:-$(dirname "$0")/..}
cd "$srcdir"
n=0
failed=0

# folder: folders it may include besides itself; then the libraries' headers, as patterns ("-": the C library's own only).
layers()
{
	cat <<'END'
base		-				glib.h sodium.h openssl/*
db		base				mysql.h
domain		base db				-
psp		base				curl/* jansson.h openssl/* zlib.h
flows		base db domain psp		jansson.h
html		base				-
views		base html			-
papers		base domain html		qrencode.h jansson.h cairo*.h pango/* png.h
http		base html views			fcgiapp.h fcgi_config.h
pages		base domain flows papers http html views	-
staff		base domain flows papers http html views	-
api		base domain flows papers http html views	jansson.h
relay		base db domain papers html views	curl/* gmime/* jansson.h librdkafka/*
sandbox		base html views http		curl/* jansson.h openssl/* zlib.h
programs	base db domain psp flows html views papers http pages staff api relay sandbox	-
tools		-				-
END
}

say()		# say STATUS SENTENCE: what was found is in $found
{
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		printf '%s\n' "$found" | sed 's/^/# /'
		failed=1
	fi
}

views=" $(find templates -type f -name '[a-z]*' | sed 's|.*/||; s|\.[a-z]*$|.h|' | tr '\n' ' ') "

# What one folder includes against the rules: "file:line: #include …" a line.
breaches()	# breaches FOLDER "FOLDERS" "LIBRARIES"
{
	grep -rnE '^[[:space:]]*#[[:space:]]*include' --include='*.[ch]' --include='*.def' "src/$1" |
	sed -nE 's/^([^:]*:[0-9]*):[[:space:]]*#[[:space:]]*include[[:space:]]*([<"])([^>"]*)[>"].*/\1 \2 \3/p' |
	while read -r at kind what; do
		case $kind in
		'"') own_header_allowed "$what" "$1 $2" || echo "$at: \"$what\"" ;;
		'<') library_allowed "$what" "$3" || echo "$at: <$what>" ;;
		esac
	done
}

own_header_allowed()	# own_header_allowed HEADER "FOLDERS"
{
	case $1 in
	config.h) return 0 ;;
	views/*) folder=views ;;
	*/*) folder=${1%%/*} ;;
	*) case $views in *" $1 "*) folder=views ;; *) return 0 ;; esac ;;	# beside the file that includes it
	esac
	case " $2 " in *" $folder "*) return 0 ;; esac
	return 1
}

# The C library's headers are those that are nobody else's.
LIBRARIES='glib*.h gio/* mysql*.h mysql/* mysqld_error.h curl/* jansson.h sodium*.h sodium/* qrencode.h fcgi*.h openssl/* zlib.h
	cairo*.h pango/* png.h gmime/* librdkafka/*'

library_allowed()	# library_allowed HEADER "PATTERNS"
{
	set -f
	for pattern in $2; do
		# shellcheck disable=SC2254
		case $1 in $pattern) set +f; return 0 ;; esac
	done
	for pattern in $LIBRARIES; do
		# shellcheck disable=SC2254
		case $1 in $pattern) set +f; return 1 ;; esac
	done
	set +f
	return 0
}

# A breach must be seen: the rules themselves are tried first.
if own_header_allowed psp/psp.h 'base html' || library_allowed mysql.h '-' || ! own_header_allowed base/base.h 'base html'; then
	found='the rules let something pass'
	say 1 'a breach would be seen'
else
	say 0 'a breach would be seen'
fi

layers >"${TMPDIR:-/tmp}/layers.$$"
trap 'rm -f "${TMPDIR:-/tmp}/layers.$$"' EXIT
while IFS='	' read -r folder may libraries <&3; do
	may=$(printf '%s' "$may" | sed 's/^	*//')
	libraries=$(printf '%s' "${libraries:--}" | sed 's/^	*//')
	[ -d "src/$folder" ] || continue
	found=$(breaches "$folder" "$may" "$libraries")
	[ -z "$found" ] && status=0 || status=1
	say "$status" "$folder includes only what it may"
done 3<"${TMPDIR:-/tmp}/layers.$$"

# Who includes one of these links all of pango, so it is foyer-paper's alone.
found=$(grep -rnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*(<(cairo|pango)|"papers/pdf)' --include='*.[ch]' src |
	grep -vE '^src/(papers/pdf[^/]*|programs/foyer-paper\.c):' || true)
[ -z "$found" ] && status=0 || status=1
say "$status" 'only the files that draw know what they draw with'

found=$(find src -mindepth 1 -maxdepth 1 -type d | while read -r folder; do folder=${folder#src/}; layers | grep -q "^$folder	" || echo "src/$folder"; done)
[ -z "$found" ] && status=0 || status=1
say "$status" 'every folder of src is in the list'

found=$(find src -name '*.c' ! -path 'src/tools/*' | while read -r file; do
	first=$(grep -m1 -E '^[[:space:]]*#[[:space:]]*include' "$file" || true)
	case $first in '#include "base/base.h"' | "#include \"$(basename "${file%.c}").h\"" | '') ;; *) echo "$file: $first" ;; esac
done)
[ -z "$found" ] && status=0 || status=1
say "$status" 'base/base.h comes first'

echo "1..$n"
exit $failed
