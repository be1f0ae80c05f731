# visitors.sh - people in scenes: a browser each (curl, with cookies of its own), who see the hall, take seats, pay at the stand-in. What
# they see last lies in $scene/NAME.html, what came before it in NAME.head. And a look into the books for what no page says.
# shellcheck shell=bash disable=SC2034,SC2154 # names of ./demo's and of scenes.sh

# -- pages -----------------------------------------------------------------------------------------------------------------------

# visit NAME [CURL-ARGUMENT…] ADDRESS: prints the status; 000 if nothing came. An address of ours is asked for on this machine.
visit()
{
	local who=$1 at=${*: -1}
	case $at in
	/*) at=$site$at ;;
	"$url"/*) at=$site${at#"$url"} ;;
	esac
	: >"$scene/$who.html"
	curl -s -m 90 -b "$scene/$who.cookies" -c "$scene/$who.cookies" -D "$scene/$who.head" -o "$scene/$who.html" -w '%{http_code}' \
	    "${@:2:$#-2}" "$at" || true
}

head_line()	# head_line NAME HEADER
{
	tr -d '\r' <"$scene/$1.head" | sed -n "s/^$2: //Ip" | tail -n 1
}

plain_words()	# markup off; one line
{
	tr '\n' ' ' | sed -e 's/<noscript>.*<\/noscript>//; s/<[^>]*>/ /g' -e "s/&#39;/'/g; s/&quot;/\"/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\\&/g" \
	    -e 's/  */ /g; s/ \([.,:!?]\)/\1/g; s/^ //; s/ $//'
}

notice()	# notice NAME: what the note on top of the page says
{
	awk '/role="alert"/ { on = 1 } on { print } on && /<\/div>/ { exit }' "$scene/$1.html" | plain_words
}

headline()	# headline NAME: the page's heading, and the sentence below it
{
	{ grep -om1 '<h1>.*</h1>' "$scene/$1.html"; echo '. '; grep -om1 '<p class="lead">.*</p>' "$scene/$1.html"; } | plain_words
}

# -- the books -------------------------------------------------------------------------------------------------------------------

books() { sql "$db_name" -e "$1"; }

# find_show CONDITION: the next show with seats enough, on a plan that is not in sections; sets show, show_words
find_show()
{
	local rows
	rows=$(books "SELECT s.show_id, CONCAT(e.title, ', ', DATE_FORMAT(c.starts_local, '%a %e %b %H:%i'), ', ', v.name, ', ', h.name)
	    FROM show_sales s JOIN shows c ON c.show_id = s.show_id JOIN events e ON e.event_id = c.event_id JOIN halls h ON h.hall_id = c.hall_id
	    JOIN venues v ON v.venue_id = h.venue_id WHERE s.state = 'on_sale' AND c.listed AND NOT h.by_section
	    AND s.sales_from <= UTC_TIMESTAMP(3) AND s.sales_until > UTC_TIMESTAMP(3) + INTERVAL 10 MINUTE
	    AND s.starts_at > UTC_TIMESTAMP(3) + INTERVAL 30 MINUTE AND ${show:+s.show_id = $show AND} $1
	    AND (SELECT COUNT(*) FROM show_seats f WHERE f.show_id = s.show_id AND f.status = 'available') >= ${show:+0 *} 12
	    ORDER BY s.currency <> 'GBP', s.starts_at LIMIT 1")
	IFS=$'\t' read -r show show_words <<<"$rows" || true
	[ -n "$show" ] || die 'no show fits this scene; is it on sale, with a dozen free seats?'
}

seats_now()	# every seat: id, name, section, row and column of the plan, kind, 1 if it is free
{
	books "SELECT x.seat_id, CONCAT(s.row_label, s.number), s.section_id, s.plan_row, s.plan_col, s.kind,
	    x.status = 'available' OR (x.status = 'held' AND x.expires_at < UTC_TIMESTAMP(3))
	    FROM show_seats x JOIN seats s ON s.seat_id = x.seat_id WHERE x.show_id = $show ORDER BY s.section_id, s.plan_row, s.plan_col"
}

seat_state()	# seat_state ID: available, held, confirmed, blocked
{
	books "SELECT status FROM show_seats WHERE show_id = $show AND seat_id = $1"
}

# free_together N: choices of N neighbours that leave no seat alone, in any order: "1,2<TAB>C7, C8"
free_together()
{
	seats_now | awk -F '\t' -v n="$1" '
	function run_ends(  i, a, b) {
		if (k == n || k >= n + 2 + (n == 1)) {
			for (i = 1; i <= n; i++) { a = a (i > 1 ? "," : "") id[i]; b = b (i > 1 ? ", " : "") name[i] }
			print a "\t" b
		}
		k = 0
	}
	{ place = $3 " " $4 }
	place != last || $5 != col + 2 || !$7 || $6 != "standard" { run_ends() }
	{ last = place; col = $5 }
	$7 && $6 == "standard" { id[++k] = $1; name[k] = $2 }
	END { run_ends() }' | shuf
}

seat_names()	# seat_names: all of the show, for the reader of a stream: seat_name[ID]
{
	local id name
	declare -gA seat_name=()
	while IFS=$'\t' read -r id name _; do seat_name[$id]=$name; done < <(seats_now)
}

# -- open windows: each listens to the show's live seats, and notes when each line came -------------------------------------------

note_lines()
{
	local line
	while IFS= read -r line; do printf '%s %s\n' "$EPOCHREALTIME" "$line"; done
}

listen()	# listen NAME: into NAME.live
{
	: >"$scene/$1.live"
	curl -siN -m 900 -H 'Accept: text/event-stream' "$site/live/shows/$show" > >(note_lines >>"$scene/$1.live") 2>/dev/null &
	listeners+=($!)
	until_so 30 "$1 has the hall open in a window, which listens" grep -q 'HTTP/1.1 200' "$scene/$1.live"
}

# -- what people do ----------------------------------------------------------------------------------------------------------------

seat_form()	# seat_form 1,2
{
	local list
	IFS=, read -ra list <<<"$1"
	printf 'seat=%s&' "${list[@]}"
}

# takes NAME N: holds N free seats together; sets hold (its address), ids and names. Somebody else may be quicker, then others will do.
takes()
{
	local status
	hold=''
	while IFS=$'\t' read -r ids names <&4; do
		status=$(visit "$1" -d "$(seat_form "$ids")" "/shows/$show/hold")
		if [ "$status" = 303 ]; then
			hold=$(head_line "$1" Location)
			break
		fi
	done 4< <(free_together "$2" | head -n 8)
	[ -n "$hold" ] || wrong "$1 finds $2 free seats" "$(headline "$1") ($status)"
}

gives_back()	# gives_back NAME HOLD
{
	expect "$1 gives $names back" 303 "$(visit "$1" -d '' "$2/release")"
}

# goes_to_pay NAME HOLD: presses Pay; sets cashier, the address of the payment house's page
goes_to_pay()
{
	expect "$1 presses Pay and is sent to the payment house" 303 \
	    "$(visit "$1" -d "email=${1,,}@example.org&name=$1+Example&provider=stripe" "$2/pay")"
	cashier=$(head_line "$1" Location)
}

# pays NAME: on the payment house's page; sets back, where the buyer is sent then
pays()
{
	local status words="$1 pays there; the payment house says yes and sends the way back"
	status=$(visit "$1" -d do=pay "$cashier")
	back=$(head_line "$1" Location)
	case $status$back in 303"$url"/*) seen "$words" ;; *) wrong "$words" "$status $back" ;; esac
}

# arrives NAME: back from the payment house, until the tickets are there; sets booking, their address
arrives()
{
	local tries at=$back
	booking=''
	for ((tries = 0; tries < 600 && ${#booking} == 0; tries++)); do
		visit "$1" "$at" >"$scene/status"
		case $(head_line "$1" Location) in
		*/bookings/*) booking=$(head_line "$1" Location); booking=${booking%%\?*} ;;
		*) sleep 0.2 ;;
		esac
	done
	[ -n "$booking" ] || wrong "$1 has tickets" "$(headline "$1")"
	expect "$1 has the tickets on one page" 200 "$(visit "$1" "$booking")"
}
