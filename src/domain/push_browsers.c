/* push_browsers.c - see push_browsers.h. Names that mean a private place are refused here, addresses when the socket is opened. */
#include "base/base.h"

#include <strings.h>

#include "base/crypto.h"
#include "base/p256.h"
#include "domain/push_browsers.h"

#define HOST_MAX 253
#define AUTH_BYTES 16

STATEMENT(browser_count, SHOW, "i", "SELECT COUNT(*) FROM push_browsers WHERE show_id = ? AND buyer_id = ? AND place <> ?");
STATEMENT(browser_store, SHOW, "", "INSERT INTO push_browsers (show_id, buyer_id, place, endpoint, point, auth, created_at) "
    "VALUES (?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE point = ?, auth = ?");
STATEMENT(browser_drop, SHOW, "", "DELETE FROM push_browsers WHERE show_id = ? AND buyer_id = ? AND place = ?");
STATEMENT(browser_list, SHOW, "ttttii", "SELECT place, endpoint, point, auth, told_hold, told FROM push_browsers "
    "WHERE show_id = ? AND buyer_id = ? ORDER BY place LIMIT ?");
STATEMENT(browser_told, SHOW, "", "UPDATE push_browsers SET told_hold = ?, told = ? WHERE show_id = ? AND buyer_id = ? AND place = ?");

/* -- what may be an endpoint --------------------------------------------------------------------------------------------------- */

static bool
ends(struct span s, const char *with)
{
	size_t n = strlen(with);

	return s.n >= n && strncasecmp(s.p + s.n - n, with, n) == 0;
}

static bool
is_label(struct span s, bool *digits)
{
	*digits = true;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool digit = c >= '0' && c <= '9', letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

		if (!digit && !letter && c != '-')
			return false;
		*digits &= digit;
	}
	return s.n > 0 && s.n <= 63 && s.p[0] != '-' && s.p[s.n - 1] != '-';
}

/* Two labels and more, of which the last one is a word: so it is no address, in whatever way one can be written. */
static bool
is_public_name(struct span host)
{
	static const char *const ours[] = { ".local", ".localhost", ".localdomain", ".internal", ".intranet", ".lan", ".home", ".corp", ".private",
		".arpa", ".onion", ".test", ".invalid", ".example" };
	bool digits = true, first = true;
	struct span last = SPAN_NONE, rest = host;

	if (!host.n || host.n > HOST_MAX || host.p[host.n - 1] == '.')
		return false;
	for (size_t i = 0; i < ARRAY_LEN(ours); i++)
		if (ends(host, ours[i]))
			return false;
	for (; rest.n; first = false) {
		last = span_cut(&rest, '.');
		if (!is_label(last, &digits))
			return false;
		if (first && !rest.n)
			return false;
	}
	return !digits && !span_starts(last, "0x");
}

static bool
is_plain(struct span url)
{
	for (size_t i = 0; i < url.n; i++)
		if (url.p[i] <= ' ' || url.p[i] > '~' || strchr("\"\\<>^`{|}@#", url.p[i]))
			return false;
	return true;
}

static bool
listed(const char *allow, struct span host)
{
	struct span rest = span_of(allow);

	while (rest.n)
		if (span_eq(span_cut(&rest, ' '), host))
			return true;
	return false;
}

/* One of these names, or below one of those that begin with "*.". */
static bool
served(const char *services, struct span host)
{
	struct span rest = span_of(services);

	while (rest.n) {
		struct span name = span_cut(&rest, ' ');
		bool below = span_starts(name, "*.");
		size_t n = below ? name.n - 1 : name.n;

		if (n && (below ? host.n > n : host.n == n) && strncasecmp(host.p + host.n - n, name.p + name.n - n, n) == 0)
			return true;
	}
	return false;
}

bool
push_endpoint_good(struct span url, const char *services, const char *allow)
{
	bool https = span_starts(url, "https://"), colon;
	size_t scheme = https ? strlen("https://") : strlen("http://");
	struct span host, port;
	int64_t number = 443;

	if (url.n > PUSH_ENDPOINT_MAX || !is_plain(url) || (!https && !span_starts(url, "http://")))
		return false;
	port = (struct span){ url.p + scheme, url.n - scheme };
	port = span_cut(&port, '/');
	if (listed(allow, port))
		return true;
	colon = memchr(port.p, ':', port.n) != NULL;
	host = span_cut(&port, ':');
	if (colon && !span_int(port, 1, 65535, &number))
		return false;
	return https && (number == 443 || number > 1023) && is_public_name(host) && served(services, host);
}

bool
push_keys_good(const struct push_address *address)
{
	unsigned char point[P256_PUBLIC], auth[AUTH_BYTES];

	return base64url_read(address->point, point, sizeof(point)) && base64url_read(address->auth, auth, sizeof(auth)) && p256_point_good(point);
}

/* -- rows ---------------------------------------------------------------------------------------------------------------------- */

/* Two that are stored at the same moment may be one too many: a limit, not a rule. */
enum outcome
push_keep(struct db *db, int64_t show, int64_t buyer, const struct push_address *address)
{
	struct hex64 place = sha256_hex(address->endpoint);
	struct rows *row = db_row(db, &browser_count, show, buyer, place.text);
	bool full = row && row_int(row, 0) >= PUSH_BROWSERS_MOST;

	if (full)
		return OUTCOME_LIMIT;
	db_change(db, &browser_store, show, buyer, place.text, address->endpoint, address->point, address->auth, address->point, address->auth);
	return outcome_of_reads(db);
}

enum outcome
push_forget(struct db *db, int64_t show, int64_t buyer, struct span endpoint)
{
	struct hex64 place = sha256_hex(endpoint);

	db_change(db, &browser_drop, show, buyer, place.text);
	return outcome_of_reads(db);
}

size_t
push_list(struct db *db, struct arena *a, int64_t show, int64_t buyer, struct push_row **list)
{
	struct rows *rows = db_select(db, &browser_list, show, buyer, PUSH_BROWSERS_MOST);
	size_t n = 0;

	*list = ARENA_ARRAY(a, struct push_row, PUSH_BROWSERS_MOST);
	while (n < PUSH_BROWSERS_MOST && rows_next(rows))
		(*list)[n++] = (struct push_row){ .place = row_text(rows, 0), .address = { row_text(rows, 1), row_text(rows, 2), row_text(rows, 3) },
			.told_hold = row_int(rows, 4), .told = row_int(rows, 5) };
	rows_done(rows);
	return n;
}

void
push_told(struct db *db, int64_t show, int64_t buyer, const struct push_row *b, int64_t hold, int64_t event)
{
	db_change(db, &browser_told, hold, event, show, buyer, b->place);
}

void
push_gone(struct db *db, int64_t show, int64_t buyer, const struct push_row *b)
{
	db_change(db, &browser_drop, show, buyer, b->place);
}
