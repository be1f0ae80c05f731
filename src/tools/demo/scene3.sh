# scene3.sh - an abandoned hold coming back: at its second, by the clock alone, to whoever is there.
# shellcheck shell=bash disable=SC2034,SC2154 # names of scenes.sh and visitors.sh

find_show 's.hold_seconds <= 120'
hold_seconds=$(books "SELECT hold_seconds FROM show_sales WHERE show_id = $show")

heading 'What will happen'
tell "$show_words"
story <<END
Eva takes a seat and walks away. Other shows keep it for ten minutes; this one for $hold_seconds seconds, so that you can
watch. foyer-reaper, which tidies up every minute, is stopped, so nobody does anything when the hold ends: the seat
is free by the clock alone, and Finn, who waits for it, has it.
END
heading 'Where to look'
look "/shows/$show" 'the hall: the seat is dashed now, and solid again at its second'
curtain

now_ms() { printf '%s\n' $((${EPOCHREALTIME/[.,]/} / 1000)); }
clock_of() { date -d "@$(($1 / 1000))" "+%H:%M:%S.$(printf %03d $(($1 % 1000)))"; }

act 'foyer-reaper is stopped'
mended=(cron)
aside './demo stop cron'
"$src/demo" stop cron

act 'Now: Eva takes a seat'
listen Finn
takes Eva 1
seen "$names is Eva's for now"
visit Eva "$hold" >"$scene/status"
tell "Her page says: $(grep -om1 'Held for you until <b>[0-9:]*</b>' "$scene/Eva.html" | plain_words)"
news_of() { grep -oE "\[$ids,\"$1\",[0-9]+(,[0-9]+)?\]" "$scene/Finn.live" | tail -n 1; }
told_held() { [ -n "$(news_of held)" ]; }
until_so 30 "Finn's window was told at once, with the millisecond at which the seat is free again" told_held
aside "$(news_of held)   seat, state, version, free at"
free_at=$(news_of held | sed -E 's/.*,([0-9]+)\]/\1/')
expect "the books have the same end" "$free_at" \
    "$(books "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', expires_at) DIV 1000 FROM show_seats WHERE show_id = $show AND seat_id = $ids")"
tell "Others may have $names from $(clock_of "$free_at") UTC on: a little after what Eva is promised, so her clock is never too long."

act 'Now: Eva is gone, and time passes'
while :; do
	left=$(((free_at - $(now_ms)) / 1000))
	[ "$left" -gt 10 ] || break
	if [ -t 1 ]; then printf '\r  %3d s left  ' "$left"; elif [ $((left % 10)) -eq 0 ]; then tell "$left s left"; fi
	sleep 1
done
[ ! -t 1 ] || printf '\r'

status=$(visit Finn -d "seat=$ids" "/shows/$show/hold")
if [ "$(now_ms)" -lt "$free_at" ]; then
	expect "some seconds before the end Finn presses Hold, and is told that it is too early" 409 "$status"
	tell "  $(notice Finn)"
else
	wrong 'Finn tries before the end' 'this machine is too busy: the end passed while he pressed'
fi
while [ "$(now_ms)" -le "$free_at" ]; do sleep 0.05; done
pressed=$(now_ms)
status=$(visit Finn -d "seat=$ids" "/shows/$show/hold")
expect "Finn presses again, $((pressed - free_at)) ms after the end, and $names is his" 303 "$status"
finns=$(head_line Finn Location)

act 'What each of them sees now'
expect "Eva comes back: her page says that the time is over (410)" 410 "$(visit Eva "$hold")"
tell "  $(headline Eva)"
case $(headline Eva) in *'Time is up'*'You were not charged'*) seen 'and that she was not charged' ;; *) wrong 'and that she was not charged' ;; esac
expect 'Finn sees his checkout' 200 "$(visit Finn "$finns")"
expect 'the books have it too: the seat came back because its time was over' expired "$(books "SELECT JSON_UNQUOTE(JSON_EXTRACT(payload,
    '$.reason')) FROM outbox WHERE show_id = $show AND type = 'SEAT_RELEASED' AND JSON_CONTAINS(payload, '$ids', '$.seats')
    ORDER BY outbox_id DESC LIMIT 1")"
story <<'END'
How: a seat is free if nobody has it, or if its hold is over. Every page and every purchase asks just that, so nothing
has to happen at the end of a hold. foyer-reaper only writes down later what the clock has decided.
END

act 'And back'
gives_back Finn "$finns"
aside './demo start cron'
"$src/demo" start cron
