#!/bin/sh
# mysql9.sh - a MySQL 9 beside the machine's MariaDB, without root and without touching what is installed. mysql9.sh start DIR prints
# its socket (user root, no password); mysql9.sh headers DIR prints where its client's headers are; mysql9.sh stop DIR ends it. Where
# it cannot be had, it says why and ends with 77.
#
# Debian 12 has no MySQL 9, but unstable does. apt fetches and verifies those packages with a configuration of its own, from the mirror
# this machine uses anyway; they are unpacked into DIR and run with their own C library. About 50 MB, kept in DIR for the next time.
set -eu
command=${1:?} dir=${2:?}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
tree=$dir/tree
PACKAGES='mysql-server-core mysql-client-core libc6 libstdc++6 libgcc-s1 zlib1g libssl3t64 libicu78 libzstd1 libprotobuf-lite32t64
	liblz4-1 libaio1t64 libnuma1 libtcmalloc-minimal4t64 libgoogle-perftools4t64 libxxhash0 libunwind8 liblzma5 libedit2 libtinfo6
	libbsd0 libmd0 libmysqlclient-dev'

skip()
{
	echo "mysql9.sh: skipped: $*" >&2
	exit 77
}

# The mirror of Debian's main archive in this machine's own sources, in either of apt's two formats.
mirror()
{
	# shellcheck disable=SC2016
	cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
	awk '$1 == "URIs:" { print $2 } $1 == "deb" { for (i = 2; i <= NF; i++) if ($i ~ /^https?:/) { print $i; break } }' |
	grep -E '/debian/?$' | head -n 1
}

private_apt()	# private_apt COMMAND…: apt-get that knows unstable only, and nothing of what is installed
{
	apt-get -qq -o Dir::Etc::sourcelist="$dir/apt/sources" -o Dir::Etc::sourceparts=- -o Dir::Etc::preferencesparts=- \
	    -o Dir::Etc::preferences=- -o Dir::State="$dir/apt/state" -o Dir::State::status="$dir/apt/status" -o Dir::Cache="$dir/apt/cache" \
	    -o Acquire::Check-Valid-Until=false -o Acquire::Languages=none -o APT::Sandbox::User= -o Debug::NoLocking=true "$@"
}

fetch()
{
	from=$(mirror)
	[ -n "$from" ] || skip 'no Debian mirror in /etc/apt'
	key=/usr/share/keyrings/debian-archive-keyring.gpg
	[ -r $key ] || skip 'no debian-archive-keyring'
	rm -rf "$dir/apt" "$tree.new"
	mkdir -p "$dir/apt/state/lists/partial" "$dir/apt/cache/archives/partial" "$dir/apt/debs" "$tree.new"
	: >"$dir/apt/status"
	echo "deb [signed-by=$key] $from sid main" >"$dir/apt/sources"
	private_apt update >"$dir/apt/log" 2>&1 || { tail -n 3 "$dir/apt/log" >&2; skip 'the package lists of unstable cannot be fetched'; }
	# shellcheck disable=SC2086
	(cd "$dir/apt/debs" && private_apt download $PACKAGES >>"$dir/apt/log" 2>&1) ||
	    { tail -n 3 "$dir/apt/log" >&2; skip 'the packages of unstable cannot be fetched, or have other names now'; }
	for deb in "$dir"/apt/debs/*.deb; do dpkg-deb -x "$deb" "$tree.new"; done
	rm -rf "$dir/apt"
	mv "$tree.new" "$tree"
}

# Where this release keeps libraries and the loader: unstable has /lib merged into /usr/lib.
places()
{
	libraries=$(dirname "$(find "$tree/usr/lib" "$tree/lib" -name 'libc.so.6' 2>/dev/null | head -n 1)")
	loader=$(find "$libraries" "$tree/usr/lib64" "$tree/lib64" -name 'ld-linux*.so.*' 2>/dev/null | head -n 1)
	[ -n "$loader" ] || skip 'the unpacked packages hold no loader'
	missing=$("$loader" --library-path "$libraries" --list "$tree/usr/sbin/mysqld" 2>&1 | sed -n 's/ => not found//p' | tr -d '\t' | tr '\n' ' ')
	[ -z "$missing" ] || skip "unstable's mysqld needs more now: $missing"
}

mysqld()	# mysqld OPTION…
{
	user=
	if [ "$(id -u)" -eq 0 ]; then user=--user=root; fi
	# shellcheck disable=SC2086
	exec "$loader" --library-path "$libraries" "$tree/usr/sbin/mysqld" --no-defaults $user --datadir="$dir/data" \
	    --lc-messages-dir="$tree/usr/share/mysql" --character-sets-dir="$tree/usr/share/mysql/charsets" \
	    --plugin-dir="$tree/usr/lib/mysql/plugin" "$@"
}

running()	# only the server of this very folder
{
	[ -s "$dir/pid" ] && tr '\0' '\n' <"/proc/$(cat "$dir/pid")/cmdline" 2>/dev/null | grep -qxF -e "--datadir=$dir/data"
}

start()
{
	if running; then return; fi
	[ -x "$tree/usr/sbin/mysqld" ] || fetch
	places
	if [ ! -e "$dir/made" ]; then
		rm -rf "$dir/data"
		(mysqld --initialize-insecure --log-error="$dir/log") >&2 || { tail -n 20 "$dir/log" >&2; exit 1; }
		: >"$dir/made"
	fi
	(
		mysqld --socket="$dir/s" --pid-file="$dir/own-pid" --skip-networking --mysqlx=OFF --skip-log-bin --secure-file-priv= \
		    --max-connections=400 --innodb-flush-log-at-trx-commit=0 --innodb-flush-method=nosync --innodb-doublewrite=OFF \
		    --performance-schema=OFF --log-error="$dir/log"
	) >/dev/null 2>&1 </dev/null &
	echo $! >"$dir/pid"
	tries=0
	until mariadb --no-defaults -u root -S "$dir/s" -e 'SELECT 1' >/dev/null 2>&1; do
		tries=$((tries + 1))
		if [ $tries -gt 1200 ] || ! kill -0 "$(cat "$dir/pid")" 2>/dev/null; then
			tail -n 20 "$dir/log" >&2
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
headers)
	[ -d "$tree/usr/include/mysql" ] || fetch
	echo "$tree/usr/include"
	;;
stop)
	if running; then kill -KILL "$(cat "$dir/pid")"; fi
	rm -rf "$dir/pid" "$dir/data" "$dir/made"
	;;
*)
	echo "usage: mysql9.sh start|headers|stop DIR" >&2
	exit 2
	;;
esac
