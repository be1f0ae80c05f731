# scene1.sh - three buyers and one seat: pressed in the same instant, exactly one has it, the others are told so in words.
# shellcheck shell=bash disable=SC2154 # names of scenes.sh and visitors.sh

find_show 's.hold_seconds >= 60'
if [ -n "$seat_wanted" ]; then
	ids=$(seats_now | awk -F '\t' -v name="$seat_wanted" '$2 == name && !n++ { print $1 }')
	names=$seat_wanted
	[ -n "$ids" ] || die "this show has no seat $seat_wanted"
else
	IFS=$'\t' read -r ids names < <(free_together 1) || die 'this show has no free seat'
fi
BUYERS='Ann Ben Cem'

heading 'What will happen'
tell "$show_words"
story <<END
Ann, Ben and Cem want the same seat, $names, and press Hold in the same instant. One of them must
have it. The other two must be told at once which seat is gone, and that they owe nothing.
END
heading 'Where to look'
look "/shows/$show" "the hall: watch $names"
curtain

# Each waits for the gate with everything else done.
press_hold()	# press_hold NAME
{
	local from
	flock -s 6
	from=$EPOCHREALTIME
	visit "$1" -d "seat=$ids" "/shows/$show/hold" >"$scene/$1.status"
	awk -v a="${from/,/.}" -v b="${EPOCHREALTIME/,/.}" 'BEGIN { printf "%.0f", (b - a) * 1000 }' >"$scene/$1.ms"
}

act 'Now: three hands, one button'
aside "POST /shows/$show/hold  seat=$ids   (three times at once)"
exec 5>"$scene/gate"
flock 5
pids=()
for who in $BUYERS; do
	press_hold "$who" 6<"$scene/gate" 5>&- &
	pids+=($!)
done
sleep 0.3
exec 5>&-		# the gate opens
wait "${pids[@]}"

winner='' losers=0
for who in $BUYERS; do
	status=$(<"$scene/$who.status")
	case $status in
	303) winner="$winner$who"; said="The seat is yours for now: $(head_line "$who" Location | sed 's/\(.\{14\}\).*/\1…/')" ;;
	*) said=$(notice "$who") ;;
	esac
	if [ "$status" = 409 ] && [[ $said == *"$names was taken a moment ago"* ]]; then losers=$((losers + 1)); fi
	printf '  %-4s %s after %s ms   %s\n' "$who" "$status" "$(<"$scene/$who.ms")" "${said:-$(headline "$who")}"
done

act 'What this shows'
case $winner in Ann | Ben | Cem) seen "exactly one has the seat: $winner" ;; *) wrong 'exactly one has the seat' "${winner:-nobody}" ;; esac
expect "the other two were told that $names was taken, and that nothing is held or charged" 2 "$losers"
expect 'the books say the same: the seat is held, once' held "$(seat_state "$ids")"
linger
story <<END
How: all three meet at the seat's row in the database. Whoever locks it first has it; who comes after reads what the first
one wrote. Nothing is counted, so nothing can be miscounted.
END

act 'And back'
gives_back "$winner" "$(head_line "$winner" Location)"
expect "$names is free again" available "$(seat_state "$ids")"
