#!/bin/sh
# places.sh - writes static/places.css: the places of a plan as classes, because a page may carry no style of its own.
# r7 c34: row and column where a seat stands; w48: the columns of the plan; m8 n20: the rows and columns a section covers.
# A plan has at most 120 half seats across and 120 rows; a row is two units high.
set -eu

echo '/* places.css - written by src/tools/places.sh, not by hand. */'
i=1
while [ "$i" -le 240 ]; do
	if [ "$i" -le 120 ]; then
		echo ".r$i{--r:$i}.c$i{--c:$i}.w$i{--w:$i}.m$i{--m:$i}.n$i{--n:$i}"
	else
		echo ".r$i{--r:$i}.m$i{--m:$i}"
	fi
	i=$((i + 1))
done
