# scene4.sh - a service killed: first one worker, then all of foyerd, then the database. Pages stay up or say calmly what is going on, and
# a payment made meanwhile becomes tickets as soon as everything is back. Only processes of this demonstration, by their pid.
# shellcheck shell=bash disable=SC2034,SC2154 # names of scenes.sh and visitors.sh

find_show 's.hold_seconds >= 300'
heading 'What will happen'
tell "$show_words"
story <<'END'
Jan holds two seats and has gone to the payment house. Meanwhile a worker of foyerd is killed, then all of foyerd,
and the database is stopped. He pays all the same. Then everything comes back: his money must have become tickets, and whoever
looked on must never have seen a broken page.
END
heading 'Where to look'
look "/shows/$show" 'the hall: it stays up all the time'
look '/holds' 'Your seats: while foyerd is dead, it says that we are back in a moment'
curtain

workers() { ps -o pid= --ppid "$(part_pid foyerd)" | xargs; }
payment_state() { books "SELECT state FROM payments WHERE show_id = $show AND hold_id = $jans"; }
page_status() { visit Kim "$1"; }
calm()		# calm STATUS HEADING: Jan's seats cannot be shown now, and that is said in our own words, with when to come back
{
	local words="Jan's own page says so calmly, and when to come back" status
	status=$(visit Jan /holds)
	if [ "$status" != "$1" ] || [[ $(headline Jan) != "$2"* ]]; then wrong "$words" "$status $(headline Jan)"; fi
	if [ -z "$(head_line Jan Retry-After)" ]; then wrong "$words" 'no Retry-After'; fi
	seen "$words ($status, Retry-After: $(head_line Jan Retry-After))"
	tell "  $(headline Jan)"
}
stays_up()	# stays_up WORDS: what everybody sees alike
{
	expect "the front page is up$1" 200 "$(page_status /)"
	expect "the hall is up$1" 200 "$(page_status "/shows/$show")"
}
kept_by_nginx() { [ "$(page_status /)$(page_status "/shows/$show")" = 200200 ]; }

act 'Jan is on his way'
until_so 30 'Kim looks at the front page and at the hall; nginx keeps both' kept_by_nginx
takes Jan 2
seen "$names are Jan's for now"
goes_to_pay Jan "$hold"
jans=$(books "SELECT MAX(hold_id) FROM bookings WHERE show_id = $show AND email = 'jan@example.org'")

act 'One worker is killed'
master=$(part_pid foyerd)
victim=$(workers | cut -d' ' -f1)
workers_before=$(workers | wc -w)
tell "foyerd is process $master, with $workers_before workers."
aside "kill -KILL $victim"
kill -KILL "$victim"
stays_up ''
expect 'so are personal pages: the other workers do its work' 200 "$(page_status /holds)"
another() { [ "$(workers | wc -w)" -eq "$workers_before" ] && [[ " $(workers) " != *" $victim "* ]]; }
until_so 60 'foyerd has started another in its place' another

act 'All of foyerd is killed'
mended=(foyerd)
aside "kill -KILL -- -$master   (the master and all its workers)"
kill -KILL -- "-$master"
dead() { ! part_pid foyerd; }
until_so 30 'nobody is left who could answer' dead
stays_up ', from what nginx kept'
calm 502 'We are back in a moment'

act 'Jan pays meanwhile'
pays Jan
expect 'he is sent back to us, where nobody is' 502 "$(visit Jan "$back")"
comfort=$(grep -om1 'Had you just paid? Your payment is safe.*</p>' "$scene/Jan.html" | plain_words) || wrong 'and told that his payment is safe'
tell "  $(headline Jan)" "  $comfort"
linger
expect 'the books know nothing of his money yet' open "$(payment_state)"

if [ -z "${FOYER_DB_SOCKET:-}${FOYER_DB_FAST:-}" ]; then
	act 'And the database is stopped'
	mended=(db foyerd)
	aside './demo stop db'
	"$src/demo" stop db
	aside './demo start foyerd'
	"$src/demo" start foyerd
	stays_up ', with no database'
	calm 503 'Very busy'
	linger
	story <<'END'
The payment house tells us of the payment, again after 1 s, 2 s, 4 s …, and hears that we cannot store it.
So it will come again.
END
	act 'Everything comes back'
	aside './demo start db'
	"$src/demo" start db
else
	act 'Everything comes back'
	tell '(This database is not our own, or need not survive, so it is left alone.)'
	aside './demo start foyerd'
	"$src/demo" start foyerd
fi
well() { [ "$(visit Jan /holds)" = 200 ]; }
until_so 60 'Jan can see his seats again' well
settled() { [ "$(payment_state)" = paid ]; }
until_so 90 'and his money is in the books: the payment house told us again, or foyer-reaper asked it' settled
mended=()

act 'What became of Jan'
arrives Jan
tell "  $(grep -om1 '<h1>.*</h1>' "$scene/Jan.html" | plain_words)"
expect 'both seats are sold, to him' 'confirmed confirmed' "$(for id in ${ids//,/ }; do seat_state "$id"; done | xargs)"
reference=$(grep -om1 'Reference <b>[^<]*' "$scene/Jan.html" | plain_words)
mail_came() { grep -rqF "${reference#Reference }" "$var/mail"; }
until_so 90 'his tickets have been sent' mail_came
expect 'all parts run' 0 "$(all_run && echo 0 || echo 'not all')"
story <<'END'
How: nginx keeps the last page of everything that is the same for all. What a buyer is told has been committed before.
A payment house is thanked for its message only after the message and all it changes have been stored.
END
