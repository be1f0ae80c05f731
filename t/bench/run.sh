#!/bin/bash
# run.sh - `make bench`: what Foyer does beside the least that such work can cost here, measured in turns in one run. Numbers of different
# machines, or of a busy one, say little; the ratio does. Nothing is tested here: it prints, and fails only if it cannot measure.
#
# From the environment: FOYER_BUILD, an optimised build without sanitizers and fault points; FOYER_PORT, the first of five free ports;
# BENCH_ROUNDS (5); BENCH_FULL=1 for a million requests, instead of a hundred thousand, before memory is looked at; BENCH_ROWS="1 3".
set -euo pipefail

cd "$(dirname "$0")/../.."
build=$(cd "${FOYER_BUILD:?names the build to be measured}" && pwd)
rounds=${BENCH_ROUNDS:-5}
port=${FOYER_PORT:-18480}
floor_port=$((port + 3))
answer_port=$((port + 4))
CROWD=64			# kept connections, as wrk has
BUYERS=10000
SELL_OUT=1000			# requests while plans listen, of which a tenth can be granted
LISTENERS=5000
SHOWS_A_ROUND=50
MIX=20000			# requests between two looks at memory

dir=$(mktemp -d /tmp/foyer-bench-XXXXXXXX)
floors=()

# -- the stack and its floors ------------------------------------------------------------------------------------------------------

die() { printf 'bench: %s\n' "$*" >&2; exit 1; }

stack()
{
	FOYER_VAR=$dir/var FOYER_PORT=$port FOYER_BUILD=$build FOYER_NO_BUILD=1 FOYER_PROGRAMME=$PWD/t/data/bench.programme \
	    FOYER_CONFIG_EXTRA=$dir/extra.conf FOYER_DB_FAST='' FOYER_DB_SOCKET='' FOYER_DB_NAME='' ./demo "$@"
}

end_floors()
{
	local pid
	for pid in "${floors[@]}"; do
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	floors=()
}

clean_up()
{
	end_floors
	stack stop >/dev/null 2>&1 || true
	if [ -z "${BENCH_KEEP:-}" ]; then rm -rf "$dir"; fi
}

part_pid() { cut -d' ' -f1 "$run/$1.pid"; }

sql() { mariadb --no-defaults -u root -S "$run/db.sock" --batch --skip-column-names foyer -e "$1"; }

# The floors' servers join the site's own nginx.
add_servers()
{
	local f
	mkdir -p "$dir/file"
	for f in bench common; do
		sed -e "s|@FLOOR_DIR@|$dir|g; s|@FLOOR_PORT@|$floor_port|g; s|@ANSWER_PORT@|$answer_port|g" \
		    -e "s|@LOG_DIR@|$dir/var/log|g; s|@CONF_DIR@|$dir/var/nginx|g" "t/bench/$f.conf.in" >"$dir/$f.conf"
	done
	cat "$dir/bench.conf" >>"$dir/var/nginx/foyer.conf"
	kill -HUP "$(part_pid nginx)"
	answers "http://127.0.0.1:$floor_port/"
}

answers()	# answers URL: waits until it does
{
	local i
	for ((i = 0; i < 100; i++)); do
		if [[ $(curl -s -m 5 -o /dev/null -w '%{http_code}' "$1") == [234]?? ]]; then return; fi
		if [ ${#floors[@]} -gt 0 ] && ! kill -0 "${floors[0]}" 2>/dev/null; then break; fi
		sleep 0.05
	done
	die "$1 does not answer. $(tail -n 3 "$dir/floors.log" 2>/dev/null)"
}

floor()		# floor SOCKET COMMAND…: a program in the background, until end_floors
{
	local socket=$1 i
	shift
	rm -f "$dir/$socket"
	"$@" 2>>"$dir/floors.log" &
	floors+=($!)
	for ((i = 0; i < 100; i++)); do
		if [ -S "$dir/$socket" ]; then return; fi
		sleep 0.05
	done
	die "$1 does not start: $(tail -n 3 "$dir/floors.log")"
}

start()
{
	ulimit -n "$(ulimit -Hn)"
	trap clean_up EXIT
	trap 'exit 130' INT TERM
	printf 'requests_per_worker = 1000000000\n' >"$dir/extra.conf"	# memory must not look flat because workers are replaced
	./demo packages wrk
	stack start >"$dir/start.log" || { cat "$dir/start.log"; exit 1; }
	stack stop cron >/dev/null
	run=$(sed -n 's/^run_dir = //p' "$dir/var/foyer.conf")
	workers=$(nproc)
	workers=$((workers > 2 ? 2 * workers : 4))
	map_show=$(sql "SELECT MIN(show_id) FROM shows JOIN halls USING (hall_id) WHERE slug = 'meter-1'")
	mapfile -t shows < <(sql "SELECT show_id FROM shows JOIN halls USING (hall_id) WHERE slug = 'meter-2' ORDER BY show_id")
	next_show=0
	add_servers
}

# -- numbers -----------------------------------------------------------------------------------------------------------------------

note() { printf '%s\n' "$2" >>"$dir/series.$1"; }	# note SERIES NUMBER

median() { sort -g "$dir/series.$1" | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

# row WORDS FLOOR MEASURED UNIT BUDGET [REST]: the medians of two series and of their ratio in each round. BUDGET: ">= 0.9", "<= 3".
# REST, if it is not empty, is what was wrong besides.
row()
{
	local ratio floor measured
	paste "$dir/series.$2" "$dir/series.$3" | awk '{ print $2 / $1 }' >"$dir/series.ratio"
	ratio=$(median ratio) floor=$(median "$2") measured=$(median "$3")
	awk -v words="$1" -v floor="$floor" -v measured="$measured" -v ratio="$ratio" -v unit="$4" -v budget="$5" -v rest="${6:-}" '
	function number(v) { return sprintf(v < 100 ? "%.2f %s" : "%.0f %s", v, unit) }
	BEGIN {
		split(budget, b, " ")
		met = (b[1] == ">=" ? ratio >= b[2] : ratio <= b[2]) && rest == ""
		printf "%-50s %14s %14s %6.2f  %-7s %s%s\n", words, number(floor), number(measured), ratio, budget,
		    met ? "meets" : "misses", rest == "" ? "" : ": " rest
	}'
}

wrk_rate()	# wrk_rate URL [ENCODING]: requests a second
{
	local out
	out=$(wrk -t2 -c$CROWD -d"${3:-1}s" ${2:+-H "Accept-Encoding: $2"} "$1")
	if grep -qE 'Non-2xx|Socket errors' <<<"$out"; then die "$1: $out"; fi
	awk '/^Requests\/sec/ { print $2 }' <<<"$out"
}

crowd() { "$build/t/bench/crowd" "$@"; }

value()		# value NAME LINE: of one of crowd's lines; 0 if it is not there
{
	[[ " $2 " =~ \ $1=([0-9.]+)\  ]] && printf '%s\n' "${BASH_REMATCH[1]}" || printf '0\n'
}

# -- what is asked for ----------------------------------------------------------------------------------------------------------------

# holds SHOW…: lines of three free seats; first everybody's leftmost, so that neighbours come one after the other.
holds()
{
	local list
	list=$(IFS=,; printf '%s' "$*")
	sql "SELECT w.show_id, s.plan_row, s.seat_id FROM show_seats w JOIN seats s USING (seat_id) WHERE w.show_id IN ($list)
	    ORDER BY w.show_id, s.plan_row, s.plan_col" | awk '
	$1 != show || $2 != place { show = $1; place = $2; n = 0 }
	{ seat[n++ % 3] = $3 }
	n % 3 == 0 { printf "%d\t/shows/%d/hold seat=%d&seat=%d&seat=%d\n", n, $1, seat[0], seat[1], seat[2] }' |
	    sort -s -n -k1,1 | cut -f2
}

# buyers SHOW: each wants two neighbours somewhere.
buyers()
{
	sql "SELECT s.plan_row, s.seat_id FROM show_seats w JOIN seats s USING (seat_id) WHERE w.show_id = $1 ORDER BY s.plan_row, s.plan_col" |
	    awk -v show="$1" -v n=$BUYERS '
	{ row[NR] = $1; seat[NR] = $2 }
	END {
		srand(1)
		while (n) {
			i = 1 + int(rand() * (NR - 1))
			if (row[i] != row[i + 1]) continue
			printf "/shows/%d/hold seat=%d&seat=%d\n", show, seat[i], seat[i + 1]
			n--
		}
	}'
}

# mix: what a browsing and buying public asks for, past the cache.
mix()
{
	buyers "$1" | awk -v n=$MIX -v map="$map_show" -v all="${shows[*]}" '
	{ post[NR] = $0 }
	END {
		shows = split(all, show, " ")
		for (i = 0; i < n; i++) {
			if (i % 10 < 4) print "/shows/" map
			else if (i % 10 < 6) print post[1 + i % NR]
			else if (i % 10 < 8) print "/shows/" show[1 + i % shows] "/seats"
			else if (i % 10 == 8) print "/benchford"
			else print i % 20 == 9 ? "/" : "/holds"
		}
	}'
}

take_shows()	# take_shows COUNT: the next unsold ones, in the array taken
{
	taken=("${shows[@]:next_show:$1}")
	[ ${#taken[@]} -eq "$1" ] || die 'no shows are left; fewer BENCH_ROUNDS'
	next_show=$((next_show + $1))
}

# -- rows --------------------------------------------------------------------------------------------------------------------------

cached_page()	# cached_page WORDS PATH ENCODING SERIES
{
	local words=$1 path=$2 encoding=$3 series=$4 site=http://127.0.0.1:$port files=http://127.0.0.1:$floor_port/file i
	curl -fsS "$site$path" -o "$dir/file/$series"
	curl -fsS -H 'Accept-Encoding: gzip' "$site$path" -o "$dir/file/$series.gz"
	for ((i = 0; i < rounds; i++)); do
		note "$series.floor" "$(wrk_rate "$files/$series" "$encoding")"
		note "$series.site" "$(wrk_rate "$site$path" "$encoding")"
	done
	row "$words, $(stat -c %s "$dir/file/$series$([ "$encoding" = gzip ] && echo .gz)") bytes" "$series.floor" "$series.site" /s '>= 0.9'
}

row_1()
{
	cached_page '1 browse from the cache, identity' /benchford identity browse
	cached_page '1 browse from the cache, gzip' /benchford gzip browse_gzip
	cached_page '1 seat map from the cache, identity' "/shows/$map_show" identity map
	cached_page '1 seat map from the cache, gzip' "/shows/$map_show" gzip map_gzip
}

row_2()
{
	local url=http://127.0.0.1:$floor_port bytes i
	bytes=$(curl -fsS "$url/shows/$map_show" | wc -c)
	floor map3.sock "$build/t/bench/floor_map" "$dir/map" "$workers" "$run/db.sock" foyer "$map_show" "$bytes"
	answers "$url/floor"
	for ((i = 0; i < rounds; i++)); do
		note fresh.floor "$(wrk_rate "$url/floor" '' 2)"
		note fresh.site "$(wrk_rate "$url/shows/$map_show" '' 2)"
	done
	end_floors
	row "2 seat map of 200 seats rendered fresh, $bytes bytes" fresh.floor fresh.site /s '>= 0.75'
}

answer_303()
{
	printf 'Status: 303 See Other\r\nLocation: /holds/%040d\r\nSet-Cookie: foyer=%040d; Path=/; Max-Age=34560000; HttpOnly; SameSite=Lax\r\n' 1 2
	printf 'Cache-Control: private, no-store\r\nContent-Length: 0\r\n\r\n'
}

executed() { sql "SHOW GLOBAL STATUS LIKE 'Com_stmt_execute'" | cut -f2; }

# The relay is away meanwhile: what it does of events is not the hold's work, and would count among its statements. What it takes of the
# same processors is told beside.
row_3()
{
	local i line a b n before wrong='' floor_statements=0 site_statements=0
	stack stop relay >/dev/null
	answer_303 >"$dir/303"
	floor answer3.sock "$build/t/bench/floor_answer" "$dir/answer" "$workers" "$dir/303"
	for ((i = 0; i < rounds; i++)); do
		take_shows $SHOWS_A_ROUND
		holds "${taken[@]}" >"$dir/holds"
		before=$(executed)
		line=$("$build/t/bench/floor_hold" "$run/db.sock" foyer "$workers" "$dir/holds")
		read -r n a _ <<<"$line"
		floor_statements=$((($(executed) - before) / n))
		a=$(awk -v n="$n" -v s="$a" 'BEGIN { print n / s }')
		b=$(value rate "$(crowd steady "$answer_port" $CROWD "$dir/holds")")
		note hold.floor "$(awk -v a="$a" -v b="$b" 'BEGIN { print 1 / (1 / a + 1 / b) }')"
		note hold.a "$a"
		note hold.b "$b"
		take_shows $SHOWS_A_ROUND
		holds "${taken[@]}" >"$dir/holds"
		before=$(executed)
		line=$(crowd steady "$port" $CROWD "$dir/holds")
		site_statements=$((($(executed) - before) / n))
		note hold.site "$(value rate "$line")"
		if [ "$(value 303 "$line")" != "$n" ]; then wrong="not every hold was taken ($line)"; fi
	done
	end_floors
	stack start relay >/dev/null
	take_shows $SHOWS_A_ROUND
	holds "${taken[@]}" >"$dir/holds"
	line=$(crowd steady "$port" $CROWD "$dir/holds")
	row '3 hold of 3 free seats, through nginx' hold.floor hold.site /s '>= 0.75' "$wrong"
	printf '    with the relay at work on the same processors: %.0f/s\n' "$(value rate "$line")"
	printf '    A, its statements by a C loop: %.0f/s; B, a POST that answers 303: %.0f/s\n' "$(median hold.a)" "$(median hold.b)"
	if [ $floor_statements -ne $site_statements ]; then
		printf '    (the floor is out of date: it runs %d statements a hold, foyerd %d)\n' $floor_statements $site_statements
	fi
}

answer_409()	# answer_409 SHOW: what a late comer gets there, as foyerd says it
{
	local seat
	seat=$(sql "SELECT MIN(seat_id) FROM show_seats WHERE show_id = $1 AND status = 'held'")
	curl -sS -D "$dir/409.head" -o "$dir/409.body" -d "seat=$seat" "http://127.0.0.1:$floor_port/shows/$1/hold"
	grep -q ' 409 ' "$dir/409.head" || die "a taken seat is answered with $(head -n 1 "$dir/409.head")"
	printf 'Status: 409 Conflict\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %s\r\n' "$(stat -c %s "$dir/409.body")"
	grep -iE '^(Cache-Control|Content-Security-Policy):' "$dir/409.head"
	printf '\r\n'
	cat "$dir/409.body"
}

row_4()
{
	local i line wrong='' bytes
	take_shows 1
	buyers "${taken[0]}" >"$dir/buyers"
	crowd steady "$port" $CROWD "$dir/buyers" >/dev/null	# the sold-out show whose 409 is the floor's answer
	answer_409 "${taken[0]}" >"$dir/409"
	bytes=$(stat -c %s "$dir/409.body")
	floor answer3.sock "$build/t/bench/floor_answer" "$dir/answer" "$workers" "$dir/409"
	for ((i = 0; i < rounds; i++)); do
		line=$(crowd burst "$answer_port" $BUYERS "$dir/buyers")
		note burst.floor "$(value seconds "$line")"
		if [ "$(value 409 "$line")" -ne $BUYERS ]; then wrong="the floor lost answers ($line)"; fi
		take_shows 1
		buyers "${taken[0]}" >"$dir/buyers"
		line=$(crowd burst "$port" $BUYERS "$dir/buyers")
		note burst.site "$(value seconds "$line")"
		printf '%s\n' "$line" >>"$dir/bursts"
		if [ $(($(value 303 "$line") + $(value 409 "$line") + $(value 422 "$line"))) -ne $BUYERS ]; then wrong="$line"; fi
	done
	end_floors
	"$build/foyerctl" -c "$dir/var/foyer.conf" audit >"$dir/audit" 2>&1 || wrong="$wrong audit: $(tail -n 5 "$dir/audit")"
	row "4 $BUYERS buyers at once on 200 seats, 409 of $bytes bytes" burst.floor burst.site s '<= 3' "$wrong"
	printf '    the last burst: %s\n' "$(tail -n 1 "$dir/bursts")"
}

# Everybody wants two seats of the show while all its plans listen; from the event's own time, which lies before its commit.
row_5()
{
	local i line said wrong=''
	mkfifo "$dir/asked" "$dir/said"
	for ((i = 0; i < rounds; i++)); do
		take_shows 1
		buyers "${taken[0]}" | sed -n "1,${SELL_OUT}p" >"$dir/buyers"
		"$build/t/bench/listen" "$port" "${taken[0]}" $LISTENERS <"$dir/asked" >"$dir/said" 2>>"$dir/floors.log" &
		floors+=($!)
		exec 7>"$dir/asked" 8<"$dir/said"
		read -r said <&8 || die "nobody listens: $(tail -n 1 "$dir/floors.log")"
		crowd steady "$port" $CROWD "$dir/buyers" >/dev/null
		echo enough >&7
		read -r said <&8 || die "nobody heard: $(tail -n 1 "$dir/floors.log")"
		seat_events "${taken[0]}" >&7
		exec 7>&-
		read -r line <&8 || die "$said nothing: $(tail -n 1 "$dir/floors.log")"
		exec 8<&-
		end_floors
		note plans.floor 100
		note plans.site "$(value p99_ms "$line")"
		printf '%s\n' "$line" >>"$dir/plans"
		if [ "$(value untold "$line")" -ne 0 ]; then wrong="$line"; fi
	done
	row "5 seat change to $LISTENERS other plans, p99 (floor: 100)" plans.floor plans.site ms '<= 1' "$wrong"
	sed 's/^/    /' "$dir/plans"
}

seat_events()	# seat_events SHOW: lines SEAT VERSION AT of what became of its seats; the row's version (domain/locks.h)
{
	sql "SELECT s.seat, j.version DIV 2, CAST(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', at) / 1000 AS SIGNED) FROM outbox, JSON_TABLE(payload, '\$'
	    COLUMNS (NESTED PATH '\$.seats[*]' COLUMNS (i FOR ORDINALITY, seat BIGINT PATH '\$'))) s,
	    JSON_TABLE(payload, '\$' COLUMNS (NESTED PATH '\$.versions[*]' COLUMNS (i FOR ORDINALITY, version BIGINT PATH '\$'))) j
	    WHERE show_id = $1 AND type LIKE 'SEAT%' AND s.i = j.i"
}

# All that the site sold while the relay was away, against the time that the site took for it.
row_7()
{
	local n line from wrong=''
	stack stop relay >/dev/null
	take_shows $((3 * SHOWS_A_ROUND))
	holds "${taken[@]}" >"$dir/holds"
	line=$(crowd steady "$port" $CROWD "$dir/holds")
	note drain.floor "$(value rate "$line")"
	n=$(sql 'SELECT COUNT(*) FROM outbox WHERE NOT found')
	from=$EPOCHREALTIME
	stack start relay >/dev/null
	while [ "$(sql "SELECT EXISTS (SELECT 1 FROM outbox WHERE NOT found) OR EXISTS (SELECT 1 FROM deliveries WHERE state = 'waiting')")" = 1 ]; do
		sleep 0.1
	done
	note drain.site "$(awk -v n="$n" -v a="$from" -v b="$EPOCHREALTIME" 'BEGIN { print n / (b - a) }')"
	if [ "$(sql "SELECT COUNT(*) FROM deliveries WHERE state = 'dead'")" -ne 0 ]; then wrong='dead letters'; fi
	row "7 relay after $n events without it (floor: holds)" drain.floor drain.site /s '>= 1' "$wrong"
}

largest_worker()	# KiB, proportional
{
	local pid
	for pid in $(pgrep -P "$(part_pid foyerd)"); do
		awk '/^Pss:/ { print $2 }' "/proc/$pid/smaps_rollup"
	done | sort -n | tail -n 1
}

row_6()
{
	local chunks=5 i line first last wrong=''
	if [ -n "${BENCH_FULL:-}" ]; then chunks=50; fi
	take_shows 1
	mix "${taken[0]}" >"$dir/mix"
	for ((i = 1; i <= chunks; i++)); do
		line=$(crowd steady "$floor_port" $CROWD "$dir/mix")
		if [ "$(value none "$line")" -ne 0 ]; then wrong=": $line"; fi
		last=$(largest_worker)
		if [ $i -eq 1 ]; then first=$last; fi
	done
	awk -v first="$first" -v last="$last" -v n=$((chunks * MIX)) -v early=$MIX -v wrong="$wrong" 'BEGIN {
		met = last <= 8192 && last - first <= 128 && wrong == ""
		printf "%-50s %14s %14s %6.2f  %-7s %s%s\n", "6 largest worker after " early " and " n " requests",
		    sprintf("%.2f MiB", first / 1024), sprintf("%.2f MiB", last / 1024), last / first, "<= 8 MiB", met ? "meets" : "misses", wrong
	}'
	printf '    the last %d: %s\n' $MIX "$line"
}

start
printf 'Foyer beside its floors: %d processors shared by load, nginx, foyerd and database; medians of %d rounds; load average %s\n\n' \
    "$(nproc)" "$rounds" "$(cut -d' ' -f1 /proc/loadavg)"
printf '%-50s %14s %14s %6s  %-7s\n' '' floor Foyer ratio budget
for r in ${BENCH_ROWS:-1 2 3 4 5 6 7}; do "row_$r"; done
