# scenes.sh - ./demo scene: short plays on a running Foyer, one a file (scene1.sh …), each of which tells what it does and holds itself to
# it. Here is what they have in common: how they speak, how they hold their story against what happened, how they begin and end.
# Whatever does not come as it was told ends the scene with status 1.
# shellcheck shell=bash disable=SC2034,SC2154 # names of ./demo's

SCENES=('three buyers and one seat' 'a booking from hold to ticket' 'an abandoned hold coming back'
	'a service killed: graceful pages, nothing lost, recovery' 'several windows updating live')

# -- how a scene speaks ----------------------------------------------------------------------------------------------------------

colours()	# only for somebody who sees them
{
	bold='' faint='' good='' bad='' plain=''
	if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
		bold=$'\e[1m' faint=$'\e[2m' good=$'\e[32m' bad=$'\e[31m' plain=$'\e[0m'
	fi
}

heading() { printf '\n%s%s%s\n' "$bold" "$1" "$plain"; }

tell() { printf '  %s\n' "$@"; }

story() { tr '\n' ' ' | fold -s -w 88 | sed 's/ *$//; s/^/  /'; say; }	# of its standard input

# aside LINE…: a command as it could be typed, an answer as it came
aside() { printf "    $faint%s$plain\\n" "$@"; }

look()		# look PATH WORDS: where to look in a browser
{
	printf '  %s%s%s  %s\n' "$bold" "$url$1" "$plain" "$2"
}

pause() { sleep "$scene_pause"; }	# time to read

linger()	# time to look, while something is as it soon will not be
{
	if [ "$scene_pause" != 0 ]; then tell "${faint}Look now; this stays for a moment.$plain"; fi
	pause; pause; pause
}

act()		# act WORDS: the next thing that happens
{
	pause
	heading "$1"
}

# Whoever watches in a browser says when; others come to the scene by themselves.
curtain()
{
	if [ -t 0 ] && [ -t 1 ] && [ "$scene_pause" != 0 ]; then
		read -rsp "  ${faint}Press Enter when you look there; it begins by itself after 30 seconds.$plain" -t 30 || true
		say
	fi
}

# -- and keeps its word ------------------------------------------------------------------------------------------------------------

seen() { [ -n "$quiet" ] || printf '  %s✓%s %s\n' "$good" "$plain" "$1"; }

wrong()		# wrong WORDS [WHAT-CAME-INSTEAD]
{
	printf '  %s✗ %s%s\n' "$bad" "$1" "$plain"
	if [ -n "${2:-}" ]; then aside "instead: $2"; fi
	broke_off=''
	printf '\n  This is not as it was told. The pages of this scene are in %s\n' "$scene"
	exit 1
}

expect()	# expect WORDS WANTED GOT
{
	if [ "$2" = "$3" ]; then seen "$1"; else wrong "$1" "$3"; fi
}

# until_so SECONDS WORDS COMMAND…: a machine may be slow, so what must come is waited for
until_so()
{
	local end=$((SECONDS + $1)) words=$2
	shift 2
	until "$@" >/dev/null 2>&1; do
		if [ "$SECONDS" -ge "$end" ]; then wrong "$words" 'it did not come'; fi
		sleep 0.1
	done
	seen "$words"
}

audit()
{
	local said
	pause
	heading 'The audit: every rule, held against the whole database'
	aside './demo audit'
	said=$("$(program foyerctl)" -c "$conf" audit) || wrong 'no rule is broken' "$said"
	tell "$said"
	case $said in *'audit: 0 violations'*) seen 'no rule is broken' ;; *) wrong 'no rule is broken' "$said" ;; esac
}

# -- beginning and end -----------------------------------------------------------------------------------------------------------

all_run() { status >/dev/null 2>&1; }

begin()		# the house must be open
{
	if ! all_run; then
		heading 'Foyer does not run yet, or not all of it, so it is started first'
		"$src/demo" start
		tell '' 'It goes on running after the scene; ./demo stop ends it.'
	fi
	site=http://127.0.0.1:$port
	scene=$var/scene$1
	rm -rf "$scene"
	mkdir -p "$scene"
	trap clean_up EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

# A scene that ends early leaves no listeners behind, and no part stopped.
clean_up()
{
	local status=$? part pid
	if [ "$status" -eq 1 ] && [ -n "$broke_off" ]; then say '' "  The scene broke off; what there is of it is in $scene"; fi
	for pid in "${listeners[@]}"; do kill "$pid" 2>/dev/null || true; done
	for part in "${mended[@]}"; do
		if ! part_pid "$part" >/dev/null; then "$src/demo" start "$part" || true; fi
	done
	exit "$status"
}

scene_list()
{
	local i
	say 'Scenes, to run and watch; each takes a minute or two, and can be run again and again:'
	say
	for ((i = 0; i < ${#SCENES[@]}; i++)); do printf '  ./demo scene %d   %s\n' $((i + 1)) "${SCENES[i]}"; done
	cat <<'END'

  --fast              does not wait for readers (nor does FOYER_SCENE_PAUSE=0; it is seconds)
  --show N            at this show: the number in the address of its hall
  --seat C7           scene 1: this seat
  --windows N         scene 5: so many windows listen

Each says what will happen and where to look in a browser, and ends with the audit. The exit status is 0
only if everything came as it was told.
END
}

scene()		# scene [NUMBER] [OPTION…]
{
	local number=${1:-}
	if [ -z "$number" ]; then scene_list; return; fi
	case $number in [1-5]) shift ;; *) die "there is no scene \"$number\"; ./demo scene lists them" ;; esac
	scene_pause=${FOYER_SCENE_PAUSE:-2} show='' seat_wanted='' windows=5 quiet='' listeners=() mended=() broke_off=yes
	while [ $# -gt 0 ]; do
		case $1 in
		--fast) scene_pause=0 ;;
		--show) show=${2:-}; shift ;;
		--seat) seat_wanted=${2:-}; shift ;;
		--windows) windows=${2:-}; shift ;;
		*) die "unknown: $1; ./demo scene lists what there is" ;;
		esac
		shift || die 'a value is missing; ./demo scene lists what there is'
	done
	if [[ ! $scene_pause =~ ^[0-9.]+$ || ! $show =~ ^[0-9]*$ || ! $windows =~ ^[1-9][0-9]?$ ]]; then die 'this takes numbers'; fi
	colours
	begin "$number"
	heading "Scene $number: ${SCENES[number - 1]}"
	# shellcheck source=/dev/null # each is checked by itself
	. "$src/src/tools/demo/scene$number.sh"
	audit
	heading 'Everything came as it was told.'
}
