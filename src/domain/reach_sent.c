/* reach_sent.c - see reach_sent.h. */
#include "base/base.h"

#include "domain/reach_sent.h"

#define PLACE_MAX 254

STATEMENT(reach_note_sent, DIRECTORY, "", "INSERT INTO reach_sent (kind, show_id, event_id, subject_id, type, place, at) "
    "VALUES (?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE place = ?, at = UTC_TIMESTAMP(3)");
STATEMENT(reach_to_place, DIRECTORY, "i", "SELECT COUNT(*) FROM reach_sent WHERE kind = ? AND place = ? "
    "AND at > TIMESTAMPADD(DAY, -1, UTC_TIMESTAMP(3)) AND NOT (show_id = ? AND event_id = ?)");
STATEMENT(reach_of_type, DIRECTORY, "i", "SELECT COUNT(*) FROM reach_sent WHERE kind = ? AND type = ? "
    "AND at > TIMESTAMPADD(DAY, -1, UTC_TIMESTAMP(3)) AND NOT (show_id = ? AND event_id = ?)");
STATEMENT(reach_of_subject, DIRECTORY, "i", "SELECT COUNT(*) FROM reach_sent WHERE kind = ? AND show_id = ? AND subject_id = ? AND type = ? "
    "AND event_id <> ?");

struct hex64
reach_place(const struct key *token_key, struct span where)
{
	struct key key = key_for(token_key, "reach");
	const char *at = memrchr(where.p, '@', where.n);
	char plain[PLACE_MAX];
	bool dropping = false;
	size_t n = 0;

	for (size_t i = 0; i < where.n && n < sizeof(plain); i++) {
		char c = where.p[i];

		dropping = at && where.p + i < at && (dropping || (c == '+' && i > 0));
		if (!dropping)
			plain[n++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	return hmac_sha256_hex((struct span){ (const char *)key.bytes, sizeof(key.bytes) }, (struct span){ plain, n });
}

static int64_t
number(struct rows *row)
{
	return row ? row_int(row, 0) : 0;
}

int64_t
reach_lately(struct db *db, const struct reach *r)
{
	return number(db_row(db, &reach_to_place, r->kind, r->place.text, r->show, r->event));
}

int64_t
reach_all_lately(struct db *db, const struct reach *r)
{
	return number(db_row(db, &reach_of_type, r->kind, r->type, r->show, r->event));
}

bool
reach_told(struct db *db, const struct reach *r)
{
	return number(db_row(db, &reach_of_subject, r->kind, r->show, r->subject, r->type, r->event)) > 0;
}

void
reach_note(struct db *db, const struct reach *r)
{
	db_change(db, &reach_note_sent, r->kind, r->show, r->event, r->subject, r->type, r->place.text, r->place.text);
}
