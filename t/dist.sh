#!/bin/bash
# dist.sh - the archive builds and passes its tests somewhere else, and an installation has all its parts. FOYER_BUILD is a build
# folder. Prints TAP.
# shellcheck disable=SC2317 # functions are called through say
set -uo pipefail
build=${FOYER_BUILD:?}
dest=$(mktemp -d)
trap 'rm -rf "$dest"' EXIT
n=0 failed=0

say()		# say SENTENCE COMMAND…
{
	local sentence=$1
	shift
	n=$((n + 1))
	if "$@" >"$dest/out" 2>&1; then
		echo "ok $n - $sentence"
	else
		echo "not ok $n - $sentence"
		tail -n 25 "$dest/out" | sed 's/^/# /'
		failed=1
	fi
}

all_parts()
{
	local file bad=0
	for file in bin/foyerd bin/foyerctl bin/foyer-paper bin/foyer-reaper bin/foyer-relay bin/foyer-sandbox etc/cron.d/foyer etc/foyer/nginx/foyer.conf \
	    etc/foyer/nginx/cached.conf share/foyer/public/assets.list share/foyer/public/static/503.html share/foyer/sql/001-catalogue.sql; do
		[ -e "$dest/root/opt/foyer/$file" ] || { echo "there is no $file"; bad=1; }
	done
	return "$bad"
}

nothing_left_to_fill() { ! grep -rnE '@[A-Za-z_]+@' "$dest/root/opt/foyer/etc"; }

# Listing the parts of an installation under a prefix of its own: sysconfdir follows the prefix.
install_there() { make -C "$build" install DESTDIR="$dest/root" prefix=/opt/foyer sysconfdir=/opt/foyer/etc; }

say 'make install fills a folder' install_there
say 'with all parts' all_parts
say 'and no name is left to be filled in' nothing_left_to_fill
say 'make distcheck' env -u MAKEFLAGS make -C "$build" distcheck
echo "1..$n"
exit $failed
