#!/bin/bash
# test_scenes.sh - ./demo scene 1..5, as somebody who tries them: nothing runs, no number is known, one after the other and again. Each
# must hold its own story against what happened, so each is also given a world in which its story is false. Prints TAP.
# shellcheck disable=SC2317 # functions are called through say
set -uo pipefail
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
FOYER_VAR=$(mktemp -d /tmp/foyer-scenes-XXXXXX)
# not FOYER_DB_FAST: scene 4 stops the database, and nothing may be lost
export FOYER_VAR FOYER_NO_BUILD=1 FOYER_BUILD=${FOYER_BUILD:-$top/build} FOYER_PROGRAMME=$top/t/data/scenes.programme FOYER_SCENE_PAUSE=0
n=0 failed=0
trap 'kill -CONT "${stopped:-$$}" 2>/dev/null; "$top/demo" stop >/dev/null 2>&1; rm -rf "$FOYER_VAR"' EXIT

say()		# say SENTENCE COMMAND…
{
	local sentence=$1
	shift
	n=$((n + 1))
	if "$@"; then echo "ok $n - $sentence"; else echo "not ok $n - $sentence"; sed 's/^/# /' "$FOYER_VAR/out"; failed=1; fi
}

free_port()
{
	local p
	while :; do
		p=$((21000 + RANDOM % 8000))
		for i in 0 1 2; do (exec 3<>"/dev/tcp/127.0.0.1/$((p + i))") 2>/dev/null && continue 2; done
		echo $p
		return
	done
}

demo() { "$top/demo" "$@" >"$FOYER_VAR/out" 2>&1; }
says() { grep -qF -- "$1" "$FOYER_VAR/out"; }
books() { mariadb --no-defaults -u root -S "$FOYER_VAR/run/db.sock" --batch --skip-column-names foyer -e "$1"; }
plays() { demo scene "$@" && says 'audit: 0 violations' && says 'Everything came as it was told.'; }
breaks_off() { ! demo scene "${@:2}" && says "✗ $1" && ! says 'Everything came'; }
fits_none() { ! demo scene "$@" && says 'no show fits this scene'; }
lists() { demo scene && [ "$(grep -cE '^  ./demo scene [1-5]   [a-z]' "$FOYER_VAR/out")" -eq 5 ]; }
no_such() { ! demo scene 6 && says 'there is no scene "6"'; }

FOYER_PORT=$(free_port)
export FOYER_PORT

say 'without a number the scenes are listed' lists
say 'one that there is not is refused' no_such
say 'scene 1 starts what does not run, and three buyers want one seat' plays 1
say 'who said that it does' says 'Foyer does not run yet'
say 'two of three read which seat is gone' test "$(grep -cE '^  (Ann|Ben|Cem) +409 .* was taken a moment ago\. Nothing is held or charged\.' "$FOYER_VAR/out")" -eq 2
no_colours() { ! grep -q $'\e' "$FOYER_VAR/out"; }
say 'what is no terminal gets no colours' no_colours
in_terminal() { env TERM=xterm "$@" script -qec "$top/demo scene 1 --fast" /dev/null </dev/null >"$FOYER_VAR/out" 2>&1; }
coloured() { in_terminal env -u NO_COLOR && grep -q $'\e\[1m' "$FOYER_VAR/out"; }
plain() { in_terminal env NO_COLOR=1 && no_colours; }
say 'a terminal does, and the scene plays again' coloured
say 'unless NO_COLOR is set' plain

say 'scene 2 goes from a hold to the tickets' plays 2
say 'and names the mail, which is there' test -s "$(grep -om1 "$FOYER_VAR/mail/.*\.eml" "$FOYER_VAR/out")"
say 'and the PDF' test -s "$FOYER_VAR/scene2/tickets.pdf"
say 'scene 2 plays again' plays 2
say 'scene 3 sees a seat come back at the end of its hold' plays 3
say 'scene 4 kills, pays and recovers' plays 4
say 'all parts run after it' demo status
say 'scene 5 has all windows hear the same' plays 5
nobody_listens() { ! pgrep -f "127.0.0.1:$FOYER_PORT/live/" >"$FOYER_VAR/out"; }
say 'and closes them' nobody_listens

# -- false stories -----------------------------------------------------------------------------------------------------------------

read -r show seat < <(books "SELECT x.show_id, CONCAT(s.row_label, s.number) FROM show_seats x JOIN seats s ON s.seat_id = x.seat_id
    WHERE x.status = 'confirmed' LIMIT 1")
say 'scene 1 fails at a seat that is sold' breaks_off 'exactly one has the seat' 1 --show "$show" --seat "$seat"
say 'scene 3 plays at no show with a hold that is too long to watch' fits_none 3 --show "$show"

# what the stand-in payment house is told to do
house() { curl -fs -m 20 -H "Authorization: Bearer $(<"$FOYER_VAR/secrets/stripe_key")" -d "$1" "http://127.0.0.1:$((FOYER_PORT + 2))/control" >"$FOYER_VAR/out"; }
house charge=decline
say 'scene 4 breaks off where the payment house declines' breaks_off 'Jan pays there' 4
say 'and leaves no part dead behind' demo status
house fail=create:500:20
say 'scene 2 breaks off where the payment house fails' breaks_off 'Dora presses Pay and is sent to the payment house' 2
house clear=all

# scene 3 takes its time, and scene 5 waits in vain: both at once
until_says()	# until_says WORDS FILE
{
	local i
	for ((i = 0; i < 1200; i++)); do grep -qF "$1" "$2" && return 0; sleep 0.1; done
	return 1
}
"$top/demo" scene 3 >"$FOYER_VAR/out3" 2>&1 &
third=$!
say 'scene 3 begins' until_says 'Others may have' "$FOYER_VAR/out3"
later()		# later HOURS: as if the hold of scene 3 ended then
{
	books "UPDATE holds h JOIN show_seats x ON x.show_id = h.show_id AND x.hold_id = h.hold_id JOIN show_sales s ON s.show_id = h.show_id
	    SET h.expires_at = h.expires_at + INTERVAL $1 HOUR, h.seats_until = h.seats_until + INTERVAL $1 HOUR,
	    x.expires_at = x.expires_at + INTERVAL $1 HOUR WHERE s.hold_seconds = 30 AND h.state = 'active'"
}
later 1

stopped=$(cut -d ' ' -f 1 "$FOYER_VAR/run/relay.pid")
kill -STOP "$stopped"
say 'scene 5 fails where nobody tells the windows' breaks_off 'all windows are told' 5
kill -CONT "$stopped"

wait "$third"
third=$?
cp "$FOYER_VAR/out3" "$FOYER_VAR/out"
say 'scene 3 fails where a hold does not end' test "$third" -eq 1
say 'and says so' grep -qE '✗ Finn presses again, .* and [A-F][0-9]+ is his' "$FOYER_VAR/out"
later -1
say 'the books are in order again' demo audit

books "UPDATE show_seats SET status = 'available', booking_id = NULL WHERE status = 'confirmed' LIMIT 1"
say 'a scene fails where the audit does, however well it went' breaks_off 'no rule is broken' 1

echo "1..$n"
exit $failed
