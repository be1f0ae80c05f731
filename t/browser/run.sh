#!/bin/bash
# run.sh - the browser tests: fetches what package-lock.json names, starts one private stack, prints TAP. Screenshots are left in
# $FOYER_BUILD/screens/. Needs node 18 or newer, npm, chromium, zbarimg and java; ends with 77 where they cannot be had.
# From the environment: FOYER_BUILD (build), FOYER_CHECK_NO_INSTALL=1 (npm fetches nothing), FOYER_BROWSER_TESTS="purchase live live_seats activity money money_back letters notices reach screens".
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
export FOYER_BUILD=${FOYER_BUILD:-$here/../../build}

skip()
{
	echo "1..0 # SKIP $1"
	exit 77
}

for program in node npm zbarimg java mariadb; do
	command -v $program >/dev/null || skip "there is no $program"
done
[ -x "${CHROMIUM:-/usr/bin/chromium}" ] || skip 'there is no chromium'

cd "$here"
if ! cmp -s package-lock.json node_modules/installed; then
	[ -z "${FOYER_CHECK_NO_INSTALL:-}" ] || skip 'node_modules is not there and may not be fetched'
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
	cp package-lock.json node_modules/installed
fi
exec node --test-reporter=tap all.mjs
