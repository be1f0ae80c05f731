#!/bin/sh
# hash.sh - hash.sh SOURCE OUT makes the tree nginx serves: OUT/static/NAME.HASH.EXT for each file of SOURCE, which may then be
# cached for ever, and OUT/assets.list, "name<tab>path" a line, by which foyerd finds them. Pages for errors, robots.txt, the API's
# description, favicon.ico, the worker for push messages and the stand-in provider's sheet keep their names. Mentions of /static/NAME
# inside of style sheets, scripts and pages are replaced by the hashed ones. What compresses has a .gz beside it. OUT appears complete
# or not at all.
set -eu
export LC_ALL=C
source=${1:?} out=${2:?}
new=$out.new
rm -rf "$new"
mkdir -p "$new/static"
: >"$new/assets.list"
: >"$new/mentions"

names()		# names FIND-EXPRESSION…: files below SOURCE, without it
{
	(cd "$source" && find . -type f ! -name '.*' ! -name hash.sh "$@" | sed 's|^\./||' | sort)
}

compress()	# compress FILE
{
	case $1 in
	*.css | *.js | *.svg | *.html | *.txt | *.json | *.yaml | *.ico) gzip -9 -n -c "$1" >"$1.gz" ;;
	esac
}

place()		# place NAME: a hashed copy, its line in the list, and its mention for those that follow
{
	name=$1
	sed -f "$new/mentions" "$source/$name" >"$new/copy"
	case $name in *.css | *.js) ;; *) cp "$source/$name" "$new/copy" ;; esac	# sed would mend a missing last line break
	hash=$(sha256sum "$new/copy" | cut -c1-12)
	hashed=${name%.*}.$hash.${name##*.}
	mkdir -p "$(dirname "$new/static/$hashed")"
	mv "$new/copy" "$new/static/$hashed"
	compress "$new/static/$hashed"
	printf '%s\t/static/%s\n' "$name" "$hashed" >>"$new/assets.list"
	plain=$(printf '%s' "$name" | sed 's/[.[\*^$]/\\&/g')
	printf 's|/static/%s\\(["'\'' )?#]\\)|/static/%s\\1|g\ns|/static/%s$|/static/%s|\n' "$plain" "$hashed" "$plain" "$hashed" \
	    >>"$new/mentions"
}

each()		# each COMMAND: once for every line read
{
	while IFS= read -r line; do "$1" "$line"; done
}

keep()		# keep NAME: a copy under its own name
{
	mkdir -p "$(dirname "$new/static/$1")"
	case $1 in
	*.html) sed -f "$new/mentions" "$source/$1" >"$new/static/$1" ;;
	*) cp "$source/$1" "$new/static/$1" ;;
	esac
	compress "$new/static/$1"
}

names ! -name '*.css' ! -name '*.js' ! -name '*.html' ! -name '*.txt' ! -name '*.yaml' | each place
names -name '*.css' | each place
names -name '*.js' ! -name push-worker.js | each place
names \( -name '*.html' -o -name '*.txt' -o -name '*.yaml' -o -name favicon.ico -o -name push-worker.js -o -name sandbox.css \) | each keep

# A script that names one which comes later in the alphabet would ask for a file that is not there.
if left=$(cd "$new/static" && grep -rlE '/static/[a-z0-9/_-]+\.(css|js|svg|png|webp|woff2)\b' --include='*.css' --include='*.js' --include='*.html' .)
then
	echo "hash.sh: these still name files without a hash: $left" >&2
	exit 1
fi
rm -rf "$new/mentions" "$new/copy" "$out.old"
if [ -d "$out" ]; then mv "$out" "$out.old"; fi
mv "$new" "$out"
rm -rf "$out.old"
