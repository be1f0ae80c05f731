# scene5.sh - several windows updating live: what one buyer does, all others see, a few milliseconds after it was written.
# shellcheck shell=bash disable=SC2034,SC2154 # names of scenes.sh and visitors.sh

find_show 's.hold_seconds >= 300'
heading 'What will happen'
tell "$show_words"
story <<END
$windows windows have this hall open and listen. Gina, Hugo and Iris take seats, give some back and buy some. Each line
is one change; behind it stands after how many milliseconds each window had it, counted from when it was written into the books.
END
heading 'Where to look'
look "/shows/$show" 'the hall: open it in two windows side by side'
curtain

act "Now: $windows windows open"
quiet=yes
for ((w = 1; w <= windows; w++)); do listen "window$w"; done
quiet=''
seen "all $windows listen"
aside "curl -N -H 'Accept: text/event-stream' $site/live/shows/$show"

# heard IDS STATE: all windows have been told so of the first of the seats; and when, in ms from the event in the books
heard()
{
	local w
	for ((w = 1; w <= windows; w++)); do grep -qE "\[${1%%,*},\"$2\"," "$scene/window$w.live" || return 1; done
}

delays()
{
	local written w
	written=$(books "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', at) FROM outbox WHERE show_id = $show AND type LIKE 'SEAT%'
	    AND JSON_CONTAINS(payload, '${1%%,*}', '\$.seats') ORDER BY outbox_id DESC LIMIT 1")
	for ((w = 1; w <= windows; w++)); do
		grep -E "\[${1%%,*},\"$2\"," "$scene/window$w.live" | tail -n 1 | sed -E 's/^([0-9]+)[.,]([0-9]+) .*/\1\2/'
	done | awk -v from="$written" '{ printf " %4d", ($1 - from) / 1000 } END { print " ms" }'
}

# change WORDS IDS STATE
change()
{
	local end=$((SECONDS + 30))
	until heard "$2" "$3"; do
		if [ "$SECONDS" -ge "$end" ]; then wrong "all windows are told: $1" 'some were not, for 30 seconds'; fi
		sleep 0.02
	done
	printf '  %-44s %s\n' "$1" "$(delays "$2" "$3")"
	sleep "$(awk -v s="$scene_pause" 'BEGIN { print s / 2 }')"
}

act 'Now: people come and go'
takes Gina 2
gina=$hold gina_ids=$ids
change "Gina holds $names" "$ids" held
takes Hugo 1
hugo=$hold hugo_ids=$ids hugo_names=$names
change "Hugo holds $names" "$ids" held
takes Iris 2
iris=$hold iris_ids=$ids iris_names=$names
change "Iris holds $names" "$ids" held
visit Hugo -d '' "$hugo/release" >"$scene/status"
change "Hugo gives $hugo_names back" "$hugo_ids" free
quiet=yes
goes_to_pay Gina "$gina"
pays Gina
arrives Gina
quiet=''
change 'Gina has paid: hers are sold' "$gina_ids" sold
visit Iris -d '' "$iris/release" >"$scene/status"
change "Iris gives $iris_names back" "$iris_ids" free

act 'What this shows'
lines_of() { sed -n 's/^[^ ]* data: *//p' "$scene/window$1.live"; }
all_same()
{
	local w first
	first=$(lines_of 1 | cksum)
	for ((w = 2; w <= windows; w++)); do [ "$(lines_of "$w" | cksum)" = "$first" ] || return 1; done
}
until_so 30 "all $windows windows heard the same: $(lines_of 1 | wc -l) messages, in the same order" all_same
numbers=$(lines_of 1 | grep -oE '"n":[0-9]+' | cut -d: -f2)
expect 'numbered without a gap, so none was missed' "$(seq "$(head -n 1 <<<"$numbers")" "$(tail -n 1 <<<"$numbers")" | xargs)" "$(xargs <<<"$numbers")"
tell "What a message looks like:"
aside "$(lines_of 1 | head -n 1)"
story <<'END'
How: foyerd writes the change and its event in one transaction and wakes foyer-relay. That asks the books how these seats
are now and gives it to nginx, which gives it to every window. No buyer waits for it.
END
