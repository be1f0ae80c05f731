#!/bin/bash
# test_nginx.sh - what nginx promises by itself (nginx/foyer.conf.in): lanes, masked logs, error pages, limits, the micro-cache. First
# nginx stands alone, so that every request fails and its log tells where it would have gone; then foyerd joins. Prints TAP.
# shellcheck disable=SC2317 # functions are called through say
set -uo pipefail
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
FOYER_VAR=$(mktemp -d /tmp/foyer-nginx-XXXXXX)
export FOYER_VAR FOYER_NO_BUILD=1 FOYER_DB_FAST=1 FOYER_BUILD=${FOYER_BUILD:-$top/build} FOYER_PROGRAMME=$top/t/data/ten.programme
n=0 failed=0
trap '"$top/demo" stop >/dev/null 2>&1; rm -rf "$FOYER_VAR"' EXIT

say()		# say SENTENCE COMMAND…
{
	local sentence=$1
	shift
	n=$((n + 1))
	if "$@"; then echo "ok $n - $sentence"; else echo "not ok $n - $sentence"; failed=1; fi
}

same()		# same WANTED GOT
{
	[ "$1" = "$2" ] || { printf '# wanted: %s\n# got:    %s\n' "$1" "$2"; return 1; }
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

demo()
{
	"$top/demo" "$@" >"$FOYER_VAR/demo.out" 2>&1 || { sed 's/^/# /' "$FOYER_VAR/demo.out"; return 1; }
}

get() { curl -s -m 20 "$@"; }
status() { curl -s -m 20 -o /dev/null -w '%{http_code}' "$@"; }
header() { curl -s -m 20 -o /dev/null -D - "${@:2}" | tr -d '\r' | sed -n "s/^$1: //Ip"; }
logs() { sleep 1.3; cat "$FOYER_VAR"/log/foyer-*.log; }

FOYER_PORT=$(free_port)
export FOYER_PORT
site=http://127.0.0.1:$FOYER_PORT
TOKEN=Zm95ZXItdGVzdC10b2tlbg

# -- nginx alone -----------------------------------------------------------------------------------------------------------------------

say 'nginx starts without the others' demo start nginx

# Each route as "lane path" from the table, against the socket that nginx tried. render.sock is the way to the public lane.
lanes_agree()
{
	local wanted lane method path got bad=0 i=0
	while read -r method path lane; do
		i=$((i + 1))
		path=$(sed "s/{token}/$TOKEN$i/; s/{[a-z]*}/$i/g" <<<"$path")
		get -X "$method" -A "route-$i" -o /dev/null "$site$path"
		printf 'route-%s %s %s\n' "$i" "$lane" "$path" >>"$FOYER_VAR/wanted"
	done < <(sed -nE 's/^R\(([A-Z]+),[[:space:]]*"([^"]*)",.*,[[:space:]]*([A-Z]+)\)$/\1 \2 \3/p' "$top/src/http/routes.def" |
	    grep -vE ' /(healthz|readyz|metrics) ')
	sleep 1.3
	while read -r name wanted path; do
		got=$(grep "agent=\"$name\"" "$FOYER_VAR/log/foyer-access.log" |
		    sed -nE 's|.* to="[^"]*/([a-z]+)[0-3]?\.sock".*|\1|p' | sed 's/render/public/' | tr '[:lower:]' '[:upper:]')
		[ "$got" = "$wanted" ] || { echo "# $path: $wanted wanted, went to ${got:-nowhere}"; bad=1; }
	done <"$FOYER_VAR/wanted"
	[ "$i" -gt 20 ] && [ "$bad" -eq 0 ]
}
say 'every route of routes.def goes to its lane' lanes_agree

say 'without foyerd a page of ours says so' grep -q '<html' <(get "$site/holds/$TOKEN")
say 'with status 502' same 502 "$(status "$site/holds/$TOKEN")"
say 'and when to come back' same 5 "$(header Retry-After "$site/holds/$TOKEN")"
say 'and nothing keeps it' same no-store "$(header Cache-Control "$site/holds/$TOKEN")"
say 'a body that is too long is refused with 413' same 413 "$(head -c 70000 /dev/zero | status --data-binary @- "$site/shows/1/hold")"
say 'a webhook may be longer' same 502 "$(head -c 900000 /dev/zero | status --data-binary @- "$site/webhooks/stripe")"
say 'a request that is none gets a page of ours' grep -q '<html' <(get -H "Cookie: $(head -c 9000 /dev/zero | tr '\0' a)" "$site/")

get -o /dev/null "$site/bookings/$TOKEN.ics?x=$TOKEN" -H "Referer: $site/holds/$TOKEN"
get -o /dev/null "$site//pay/../pay/return/%5A${TOKEN#Z}"
get -o /dev/null "$site/%68olds/$TOKEN/pay" -X POST
no_token() { ! logs | grep -n "$TOKEN"; }
say 'no log has a token' no_token
say 'but says that a token was there' grep -q 'path="/bookings/(token).ics"' "$FOYER_VAR/log/foyer-access.log"

sheet=$(awk -F '\t' '$1 == "foyer.css" { print $2 }' "$FOYER_BUILD/public/assets.list")
say 'a file with a hashed name is kept for ever' same 'public, max-age=31536000, immutable' "$(header Cache-Control "$site$sheet")"
say 'and leaves compressed' same gzip "$(header Content-Encoding -H 'Accept-Encoding: gzip' "$site$sheet")"

# -- limits: nobody is exempt now ---------------------------------------------------------------------------------------------------------

export FOYER_EXEMPT=192.0.2.1
say 'nginx takes a new configuration' demo start nginx
burst()		# burst METHOD PATH: how many of 120 requests were turned away
{
	for ((i = 0; i < 120; i++)); do echo "url = $site$2"; echo 'output = /dev/null'; done >"$FOYER_VAR/urls"
	curl -s -X "$1" -K "$FOYER_VAR/urls" -w '%{http_code}\n' | grep -c 429
}
say 'who presses Hold a hundred times a second is slowed down' test "$(burst POST /shows/1/hold)" -gt 20
say 'who names one number or browser after the other is slowed down more' test "$(burst POST "/holds/$TOKEN/text")" -gt 100
say 'so is who asks for one PDF after the other' test "$(burst GET "/bookings/$TOKEN/receipt.pdf")" -gt 60
say 'and told when to come back' same 5 "$(header Retry-After -X POST "$site/shows/1/hold")"

# -- with foyerd -----------------------------------------------------------------------------------------------------------------------------

unset FOYER_EXEMPT
say 'the whole starts' demo start
page=$(get "$site/" | grep -oE 'href="/[a-z-]+"' | sed 's/href="//; s/"//' | grep -vE '/(help|holds|bookings|static)' | head -n 1)
say 'operators are not public' same '404 404 404' "$(status "$site/metrics") $(status "$site/healthz") $(status "$site/readyz")"
say 'but answered next door' same 200 "$(status "http://127.0.0.1:$((FOYER_PORT + 1))/metrics")"
say 'a page is there' same 200 "$(status "$site$page")"
say 'compressed too' same gzip "$(header Content-Encoding -H 'Accept-Encoding: br, gzip;q=0.8' "$site$page")"
say 'not where it is refused' same '' "$(header Content-Encoding -H 'Accept-Encoding: gzip;q=0' "$site$page")"
say 'the public gets no cookie' same '' "$(header Set-Cookie -H 'Cookie: foyer=x' "$site$page")"

# A parameter's name in disguise would put its page under the plain one's key, if foyerd saw it.
get -o /dev/null "$site$page?%71=zzzzzz&date=" && plain=$(get "$site$page" | cksum)
sleep 4
say 'no parameter in disguise gets into the plain page' same "$(get "$site$page" | cksum)" "$plain"
searched=$(get "$site$page?q=zzzzzz" | cksum)
say 'a search has a page of its own' test "$searched" != "$plain"

# What its log says of the cache is MISS only for a page with a key that was never asked for.
wishes()
{
	local wish
	get -o /dev/null "$site/activity"
	for wish in date=2026-01-01 genre=a language=en q=zzzzzz time=late city=london; do get -o /dev/null -A wish "$site/activity?$wish"; done
	logs | grep 'agent="wish"' >"$FOYER_VAR/wishes"
	same 6 "$(grep -c 'path="/activity" status=200' "$FOYER_VAR/wishes")" && ! grep cache=MISS "$FOYER_VAR/wishes"
}
say 'what is happening is one page, whatever is asked of it' wishes

rendered()
{
	get "http://127.0.0.1:$((FOYER_PORT + 1))/metrics" |
	    awk '/^foyer_requests_total\{/ && /route="\/\{city\}"/ { sum += $2 } END { print sum + 0 }'
}
stampede()	# to a page last seen four seconds ago
{
	local before after i
	sleep 4
	before=$(rendered)
	for ((i = 0; i < 300; i++)); do echo "url = $site$page"; echo 'output = /dev/null'; done >"$FOYER_VAR/urls"
	curl -s -Z --parallel-immediate --parallel-max 300 -K "$FOYER_VAR/urls" -w '%{http_code}\n' 2>/dev/null | sort | uniq -c >"$FOYER_VAR/answers"
	sleep 0.2
	after=$(rendered)
	echo "# $((after - before)) rendered, answers:$(tr -s ' \n' ' ' <"$FOYER_VAR/answers")"
	[ $((after - before)) -ge 1 ] && [ $((after - before)) -le 4 ] && grep -qxE ' *300 200' "$FOYER_VAR/answers"
}
say 'three hundred at once cost one rendering a second' stampede

demo stop foyerd
sleep 4
say 'without foyerd the page stays up' same 200 "$(status "$site$page")"
say 'one that nobody has seen says why not' same 502 "$(status "$site$page?date=2001-01-01")"
demo start foyerd
say 'and all is well again' same 200 "$(status "$site/holds")"

echo "1..$n"
exit $failed
