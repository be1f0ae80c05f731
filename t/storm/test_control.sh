#!/bin/sh
# test_control.sh - the negative control of the storm: the same test, on a foyerd whose seat lock does not lock, must fail. A storm that
# passes without locks would prove nothing. Prints TAP.
set -u
build=${FOYER_BUILD:-build}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
echo 1..1
for file in foyerctl foyer-reaper foyer-relay foyer-sandbox public; do ln -s "$(realpath "$build/$file")" "$folder/$file"; done
ln -s "$(realpath "$build/t/storm/foyerd-unlocked")" "$folder/foyerd" || exit 1
if FOYER_STORM_CONTROL=1 FOYER_BUILD=$folder "$build/t/storm/test_storm" >"$folder/out" 2>&1; then
	sed 's/^/# /' "$folder/out"
	echo 'not ok 1 - without the row lock the storm fails'
	exit 1
fi
# it must have failed for what it is meant to see, not because nothing started
if grep -q 'buyers were given the same two seats' "$folder/out"; then
	echo 'ok 1 - without the row lock the storm fails'
else
	sed 's/^/# /' "$folder/out"
	echo 'not ok 1 - the control failed for another reason than a seat sold twice'
	exit 1
fi
