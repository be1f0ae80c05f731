/* attention.c - see attention.h. */
#include "base/base.h"

#include "base/crypto.h"
#include "domain/attention.h"

STATEMENT(attention_insert, SHOW, "", "INSERT INTO attention (show_id, attention_id, kind, provider, subject, payment_id, words, at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE done_at = IF(words = ?, done_at, NULL), "
    "done_words = IF(words = ?, done_words, ''), at = IF(words = ?, at, UTC_TIMESTAMP(3)), words = ?");
STATEMENT(attention_right, SHOW, "", "UPDATE attention SET done_at = UTC_TIMESTAMP(3), done_words = ? "
    "WHERE show_id = ? AND kind = ? AND provider = ? AND subject = ? AND done_at IS NULL");
STATEMENT(attention_undone, SCATTER, "iitttitd", "SELECT show_id, attention_id, kind, provider, subject, payment_id, words, at "
    "FROM attention WHERE done_at IS NULL ORDER BY at LIMIT ?");
STATEMENT(attention_close, SHOW, "", "UPDATE attention SET done_at = UTC_TIMESTAMP(3), done_words = ? "
    "WHERE show_id = ? AND attention_id = ? AND done_at IS NULL");

void
attention_add(struct db *db, int64_t show, const char *kind, struct span provider, struct span subject, int64_t payment,
    struct span words)
{
	log_warn("attention", "show=%" PRId64 " kind=%s provider=" PRSPAN " subject=" PRSPAN " payment=%" PRId64 " words=\"" PRSPAN "\"",
	    show, kind, ARGSPAN(provider), ARGSPAN(subject), payment, ARGSPAN(words));
	db_change(db, &attention_insert, show, id_new(), kind, provider, subject, payment, words, words, words, words,
	    words);
}

void
attention_over(struct db *db, int64_t show, const char *kind, struct span provider, struct span subject, const char *words)
{
	db_change(db, &attention_right, words, show, kind, provider, subject);
}

size_t
attention_list(struct db *db, struct arena *a, size_t most, struct attention **list)
{
	struct rows *rows = db_select(db, &attention_undone, most);
	size_t n = 0;

	*list = ARENA_ARRAY(a, struct attention, rows_count(rows));
	while (rows_next(rows))
		(*list)[n++] = (struct attention){ .show = row_int(rows, 0), .id = row_int(rows, 1), .kind = row_text(rows, 2),
			.provider = row_text(rows, 3), .subject = row_text(rows, 4), .payment = row_int(rows, 5), .words = row_text(rows, 6),
			.at_ms = row_int(rows, 7) };
	return n;
}

enum outcome
attention_done(struct db *db, int64_t show, int64_t id, struct span words)
{
	if (db_change(db, &attention_close, words, show, id) == 1)
		return OUTCOME_OK;
	return db_failed(db) ? outcome_of_reads(db) : OUTCOME_NOT_FOUND;
}
