# database.sh - the private MariaDB of ./demo, and what is in it.
# shellcheck shell=bash disable=SC2034,SC2154 # names of ./demo's

sql()
{
	mariadb --no-defaults -u root -S "$db_socket" --batch --skip-column-names "$@" 9>&-
}

start_db()
{
	local root=() profile
	if [ -n "${FOYER_DB_SOCKET:-}" ]; then
		sql -e 'SELECT 1' && return 0
		return 1
	fi
	if current db private; then return 0; fi
	if [ "$(id -u)" -eq 0 ]; then root=(--user=root); fi
	if [ ! -f "$var/db/made" ]; then
		rm -rf "$var/db"
		mkdir -p "$var/db/tmp"		# of its own: a server that starts clears /tmp of tables that others use there
		mariadb-install-db --no-defaults "${root[@]}" --datadir="$var/db/data" --tmpdir="$var/db/tmp" \
		    --auth-root-authentication-method=normal \
		    --skip-test-db --skip-name-resolve || return 1
		touch "$var/db/made"
	fi
	if [ -n "${FOYER_DB_FAST:-}" ]; then
		profile=(--skip-log-bin --innodb-flush-log-at-trx-commit=0 --innodb-flush-method=nosync --innodb-doublewrite=OFF --innodb-log-file-size=32M --innodb-buffer-pool-size=64M)
	else
		profile=(--log-bin="$var/db/data/binlog" --sync-binlog=1 --expire-logs-days=2 --innodb-flush-log-at-trx-commit=1
		    --innodb-doublewrite=ON --innodb-log-file-size=256M --innodb-buffer-pool-size=256M)
	fi
	rm -f "$db_socket"
	mkdir -p "$var/db/tmp"
	launch db private mariadbd --no-defaults "${root[@]}" --datadir="$var/db/data" --tmpdir="$var/db/tmp" --socket="$db_socket" \
	    --pid-file="$run/mariadbd-own.pid" --skip-networking --skip-name-resolve --max-connections=400 \
	    --character-set-server=utf8mb4 --collation-server=utf8mb4_unicode_520_ci --default-time-zone=+00:00 "${profile[@]}"
	wait_for db 60 sql -e 'SELECT 1'
}

fill_db()
{
	local stamp password
	password=$(cat "$var/secrets/db_password")
	sql <<END || return 1
CREATE DATABASE IF NOT EXISTS \`$db_name\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;
CREATE USER IF NOT EXISTS '$db_name'@'localhost' IDENTIFIED BY '$password';
ALTER USER '$db_name'@'localhost' IDENTIFIED BY '$password';
GRANT ALL ON \`$db_name\`.* TO '$db_name'@'localhost';
END
	"$(program foyerctl)" -c "$conf" migrate || return 1
	if [ -z "${FOYER_PROGRAMME:-}" ]; then
		# Shows are relative to today: a demonstration left alone for a month gets fresh ones.
		"$(program foyerctl)" -c "$conf" demo-data --if-old
		return
	fi
	stamp="$db_socket $db_name $(cksum <"$FOYER_PROGRAMME")"
	if [ "$(cat "$var/loaded" 2>/dev/null)" = "$stamp" ]; then return 0; fi
	"$(program foyerctl)" -c "$conf" load "$FOYER_PROGRAMME" || return 1
	printf '%s\n' "$stamp" >"$var/loaded"
}
