# processes.sh - the parts of ./demo as processes: started in a session of their own, found again, ended. Only those whose pid, start time
# and session are ours are ever ended.
# shellcheck shell=bash disable=SC2034,SC2154 # names of ./demo's

# When a process started, in ticks since boot: with the pid it is that process and no other. Fails where it is gone.
started()
{
	local stat fields
	stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
	read -ra fields <<<"${stat##*) }"
	[ "${fields[0]}" != Z ] || return 1
	printf '%s\n' "${fields[19]}"
}

part_pid()	# part_pid PART: its pid if it runs
{
	local pid at
	[ -f "$run/$1.pid" ] || return 1
	read -r pid at _ <"$run/$1.pid" || return 1
	[ "$(started "$pid")" = "$at" ] || return 1
	printf '%s\n' "$pid"
}

part_version()
{
	local version
	read -r _ _ version <"$run/$1.pid" && printf '%s\n' "$version"
}

version_of()	# version_of FILE…: changes when one of them does
{
	{ stat -L -c '%n %Y %s' "$1"; shift; cat /dev/null "$@"; } | cksum | tr ' ' -
}

launch()	# launch PART VERSION COMMAND…
{
	local part=$1 version=$2
	shift 2
	setsid "$@" >>"$var/log/$part.log" 2>&1 </dev/null 9>&- &
	printf '%s %s %s\n' $! "$(started $! || echo 0)" "$version" >"$run/$part.pid"
	disown $!
}

# wait_for PART SECONDS COMMAND…: until the command succeeds; fails at once when the part has ended.
wait_for()
{
	local part=$1 tries=$(($2 * 20)) i
	shift 2
	for ((i = 0; i < tries; i++)); do
		if "$@" >/dev/null 2>&1; then return 0; fi
		if ! part_pid "$part" >/dev/null; then
			echo "$part has ended. The end of its log, $var/log/$part.log:"
			tail -n 20 "$var/log/$part.log"
			return 1
		fi
		sleep 0.05
	done
	echo "$part does not answer. The end of its log, $var/log/$part.log:"
	tail -n 20 "$var/log/$part.log"
	return 1
}

end_part()	# end_part PART: asks, waits, and kills what is left of its session
{
	local part=$1 pid i signal=TERM seconds=30
	pid=$(part_pid "$part") || { rm -f "$run/$part.pid"; return 0; }
	if [ "$part" = db ] && [ -n "${FOYER_DB_FAST:-}" ]; then signal=KILL; fi
	if [ "$part" = cron ]; then
		kill -TERM -- "-$pid" 2>/dev/null || true	# the loop and the reaper it waits for
	else
		kill -$signal "$pid" 2>/dev/null || true
	fi
	for ((i = 0; i < seconds * 20; i++)); do
		part_pid "$part" >/dev/null || break
		sleep 0.05
	done
	for ((i = 0; i < 100; i++)); do
		[ -n "$(ps -o stat= -s "$pid" | tr -d 'Z+sl \n')" ] || break	# whoever is left but dead (Z) is left to init
		kill -KILL -- "-$pid" 2>/dev/null || true
		sleep 0.02
	done
	rm -f "$run/$part.pid"
}

# A part that runs as it should now is left alone; one that was built or configured anew is replaced.
current()
{
	part_pid "$1" >/dev/null || return 1
	[ "$(part_version "$1")" = "$2" ] && return 0
	end_part "$1"
	return 1
}

port_is_free()	# port_is_free NUMBER WHAT
{
	if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then
		echo "port $1, for $2, is taken by another program; try FOYER_PORT=$((port + 100)) ./demo"
		return 1
	fi
}

ports_are_free()
{
	port_is_free "$port" 'the site' && port_is_free "$operators_port" "the operators' pages" &&
	    port_is_free "$sandbox_port" 'the stand-in payment providers'
}
