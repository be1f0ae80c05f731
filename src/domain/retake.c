/* retake.c - see retake.h. */
#include "base/base.h"

#include "domain/outbox.h"
#include "domain/retake.h"

static bool
ours(const struct seat_row *row, int64_t hold)
{
	return row->held && row->hold == hold;
}

bool
retake_lock(struct db *db, int64_t show, int64_t hold, struct retake *r)
{
	r->n_ids = hold_seat_ids(db, show, hold, r->ids);
	r->n_rows = lock_seats(db, show, r->ids, r->n_ids, r->rows);
	for (size_t i = 0; i < r->n_rows; i++)
		if (!r->rows[i].free && !ours(&r->rows[i], hold))
			return false;
	return r->n_ids > 0 && r->n_rows == r->n_ids;
}

/* Every seat that is sold was held before, if only for an instant. */
void
retake_tell(struct db *db, struct arena *a, int64_t show, int64_t hold, const struct retake *r)
{
	int64_t again[HOLD_MAX_SEATS];
	size_t n = 0;

	seats_tell_expired(db, a, show, &hold, 1, r->rows, r->n_rows);
	for (size_t i = 0; i < r->n_rows; i++)
		if (!ours(&r->rows[i], hold))
			again[n++] = r->rows[i].id;
	if (n)
		outbox_add(db, show, "SEAT_HELD", hold, seats_json(a, (struct seats_told){ .key = "hold", .id = hold, .ids = again, .n = n,
		    .rows = r->rows, .n_rows = r->n_rows, .up = SEATS_CHANGED }));
}
