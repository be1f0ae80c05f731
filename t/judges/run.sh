#!/bin/bash
# run.sh - independent judges of the payment code and of mail: fetches what package-lock.json names, prints TAP. Needs node 18 or newer and npm;
# ends with 77 where they cannot be had. What is recorded of the providers is read in place (FOYER_FACTS, or ../shared/facts beside the
# source); what needs it is skipped where it is absent.
# From the environment: FOYER_BUILD (build), FOYER_CHECK_NO_INSTALL=1 (npm fetches nothing), FOYER_JUDGE_TESTS="signing mail …".
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
export FOYER_BUILD=${FOYER_BUILD:-$here/../../build}

skip()
{
	echo "1..0 # SKIP $1"
	exit 77
}

for program in node npm openssl mariadb zbarimg pdftotext pdftoppm; do
	command -v $program >/dev/null || skip "there is no $program"
done

cd "$here"
if ! cmp -s package-lock.json node_modules/installed; then
	[ -z "${FOYER_CHECK_NO_INSTALL:-}" ] || skip 'node_modules is not there and may not be fetched'
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
	cp package-lock.json node_modules/installed
fi
exec node --test-reporter=tap all.mjs
