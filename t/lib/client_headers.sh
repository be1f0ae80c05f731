#!/bin/sh
# client_headers.sh - client_headers.sh BUILD INCLUDES: src/db compiles against another client library's headers. Oracle's differ from
# MariaDB's in types and macros. BUILD holds config.h.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
for file in "$top"/src/db/*.c; do
	# shellcheck disable=SC2046
	"${CC:-cc}" -std=gnu17 -Wall -Wextra -Werror -D_GNU_SOURCE -fsyntax-only -I"$1" -I"$top/src" -I"$2" -I"$2/mysql" \
	    $(pkg-config --cflags glib-2.0) "$file"
done
