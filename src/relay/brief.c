/* brief.c - see brief.h. */
#include "base/base.h"

#include "base/clock.h"
#include "domain/bookings.h"
#include "domain/hold_notices.h"
#include "domain/holds.h"
#include "relay/brief.h"

#define CLOCKS_DIFFER 5		/* seconds, between a warning and its being read */

const char *const brief_types[] = { "BOOKING_CONFIRMED", "HOLD_ENDING" };
const size_t n_brief_types = ARRAY_LEN(brief_types);

bool
briefs_open(struct briefs *b, const struct settings *s, struct db *db)
{
	*b = (struct briefs){ .settings = s, .db = db };
	if (key_from_text(s->token_key.hidden, &b->token_key))
		return true;
	log_error("relay.start", "error=\"token_key is no key\"");
	return false;
}

static enum sink_answer
unread(struct arena *a, enum outcome o, const char *what, struct span *why)
{
	*why = arena_fmt(a, "%s: %s", what, outcome_name(o));
	return o == OUTCOME_NOT_FOUND ? SINK_REFUSED : SINK_LATER;
}

static enum sink_answer
needless(struct span *why, struct span words)
{
	*why = words;
	return SINK_NEEDLESS;
}

static struct span
path_to(struct briefs *b, struct arena *a, const char *folder, struct token t)
{
	return arena_fmt(a, "/%s/%s", folder, token_print(&b->token_key, t).text);
}

static enum sink_answer
read_hold(struct briefs *b, struct arena *a, const struct delivery *d, struct brief *out, struct span *why)
{
	struct hold h;
	enum outcome o = hold_read(b->db, a, d->show, d->subject, 0, &h);
	int64_t left;

	if (o != OUTCOME_OK)
		return unread(a, o, "the hold", why);
	left = (h.expires_ms - h.now_ms) / 1000;
	if (h.state != HOLD_ACTIVE || h.over || left < 1)
		return needless(why, SPAN("the hold is over, or paid"));
	if (left > WARN_SECONDS + CLOCKS_DIFFER)
		return needless(why, SPAN("the hold was extended: its new end is told anew"));
	*out = (struct brief){ .show = h.show, .hold = h.id, .buyer = h.buyer, .seconds_left = left, .until_ms = h.expires_ms,
		.seat_names = hold_seat_names(a, &h), .seats_n = (int64_t)h.n, .path = path_to(b, a, "holds",
		    (struct token){ .kind = TOKEN_HOLD, .generation = h.generation, .show = h.show, .id = h.id }) };
	return SINK_TAKEN;
}

static enum sink_answer
read_booking(struct briefs *b, struct arena *a, const struct delivery *d, struct brief *out, struct span *why)
{
	struct booking k;
	enum outcome o = booking_read(b->db, a, d->show, d->subject, &k);
	int64_t left = BRIEF_CONFIRMED_SECONDS - (clock_now() - d->at_ms) / 1000;
	struct buf names;
	int64_t live = 0;

	if (o != OUTCOME_OK)
		return unread(a, o, "the booking", why);
	if (k.state != BOOKING_IS_CONFIRMED)
		return needless(why, SPAN("the booking is not confirmed any more"));
	if (left < 1)
		return needless(why, SPAN("it was paid hours ago: the letter is there"));
	buf_init(&names, a, SEAT_NAMES_MAX);
	for (size_t i = 0; i < k.n; i++) {
		if (k.tickets[i].live)
			seat_names_add(&names, k.tickets[i].row, k.tickets[i].number);
		live += k.tickets[i].live;
	}
	*out = (struct brief){ .confirmed = true, .show = k.show, .hold = k.hold, .buyer = k.buyer, .seconds_left = left,
		.seat_names = buf_view(&names), .seats_n = live, .path = path_to(b, a, "bookings",
		    (struct token){ .kind = TOKEN_BOOKING, .generation = k.generation, .show = k.show, .id = k.id }) };
	return SINK_TAKEN;
}

enum sink_answer
brief_read(struct briefs *b, struct arena *a, const struct delivery *d, struct brief *out, struct span *why)
{
	return span_is(d->type, "HOLD_ENDING") ? read_hold(b, a, d, out, why) : read_booking(b, a, d, out, why);
}

enum sink_answer
brief_show(struct briefs *b, struct arena *a, struct brief *brief, struct span *why)
{
	enum outcome o = show_read(b->db, a, brief->show, &brief->at);

	return o == OUTCOME_OK ? SINK_TAKEN : unread(a, o, "the show", why);
}
