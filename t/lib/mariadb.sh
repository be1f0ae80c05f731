#!/bin/sh
# mariadb.sh - a MariaDB of a test's own. mariadb.sh start DIR prints its socket (user root, no password); mariadb.sh stop DIR ends it.
# It is fast and forgets nothing but a power cut.
set -eu
command=${1:?} dir=${2:?}
root=
if [ "$(id -u)" -eq 0 ]; then root=--user=root; fi

running()	# only the server of this very folder
{
	[ -s "$dir/pid" ] && tr '\0' '\n' <"/proc/$(cat "$dir/pid")/cmdline" 2>/dev/null | grep -qxF -e "--datadir=$dir/data"
}

start()
{
	mkdir -p "$dir"
	dir=$(cd "$dir" && pwd)
	if running; then return; fi
	mkdir -p "$dir/tmp"		# of its own: a server that starts clears /tmp of tables that others use there
	if [ ! -e "$dir/made" ]; then
		rm -rf "$dir/data"
		mariadb-install-db --no-defaults $root --datadir="$dir/data" --tmpdir="$dir/tmp" --auth-root-authentication-method=normal \
		    --skip-test-db --skip-name-resolve >"$dir/install.log" 2>&1 || { cat "$dir/install.log" >&2; exit 1; }
		: >"$dir/made"
	fi
	setsid mariadbd --no-defaults $root --datadir="$dir/data" --tmpdir="$dir/tmp" --socket="$dir/s" --pid-file="$dir/own-pid" --skip-networking \
	    --skip-name-resolve --skip-log-bin --max-connections=400 --innodb-flush-log-at-trx-commit=0 --innodb-flush-method=nosync \
	    --innodb-doublewrite=OFF --innodb-log-file-size=64M --innodb-buffer-pool-size=128M --character-set-server=utf8mb4 --default-time-zone=+00:00 \
	    >"$dir/log" 2>&1 </dev/null &
	echo $! >"$dir/pid"
	tries=0
	until mariadb --no-defaults -u root -S "$dir/s" -e 'SELECT 1' >/dev/null 2>&1; do
		tries=$((tries + 1))
		if [ $tries -gt 600 ] || ! kill -0 "$(cat "$dir/pid")" 2>/dev/null; then
			cat "$dir/log" >&2
			exit 1
		fi
		sleep 0.05
	done
}

case $command in
start)
	start
	echo "$dir/s"
	;;
stop)
	dir=$(cd "$dir" && pwd)
	if running; then kill -KILL "$(cat "$dir/pid")"; fi
	rm -rf "$dir/pid" "$dir/data" "$dir/made" "$dir/tmp"
	;;
*)
	echo "usage: mariadb.sh start|stop DIR" >&2
	exit 2
	;;
esac
