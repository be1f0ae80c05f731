/* demo_sell.c - see demo_sell.h. A whole show's crowd goes over in a few statements, as JSON tables. */
#include "base/base.h"

#include "base/crypto.h"
#include "db/db.h"
#include "domain/bookings.h"
#include "domain/demo_crowd.h"
#include "domain/demo_sell.h"
#include "domain/json_text.h"
#include "domain/outbox.h"
#include "domain/outcome.h"
#include "domain/tickets.h"

#define OLDEST_MS ((int64_t)6 * 86400000)	/* of a purchase */
#define YOUNGEST_MS ((int64_t)1200000)
#define PAY_AFTER_MS 120000
#define PAID_AFTER_MS 180000

TRANSACTION(demo_sell_tx, "demo_sell");

STATEMENT(demo_seats, GLOBAL, "iiiiit", "SELECT s.seat_id, s.section_id, c.tier, s.plan_row, s.plan_col, s.kind FROM seats s "
    "JOIN sections c ON c.section_id = s.section_id WHERE s.hall_id = ? AND s.layout_version = ? ORDER BY s.seat_id");
STATEMENT(demo_prices, SHOW, "itiii", "SELECT section_id, price_type, minor, extra_minor, charges FROM show_prices WHERE show_id = ? "
    "ORDER BY section_id, sort");
STATEMENT(demo_touched, SHOW, "i", "SELECT COUNT(*) FROM holds WHERE show_id = ?");

#define BOOKINGS "JSON_TABLE(?, '$[*]' COLUMNS (hold_id BIGINT PATH '$[0]', booking_id BIGINT PATH '$[1]', payment_id BIGINT PATH '$[2]', " \
	"buyer_id BIGINT PATH '$[3]', ref INT PATH '$[4]', seat_count INT PATH '$[5]', total_minor BIGINT PATH '$[6]', " \
	"at DATETIME(3) PATH '$[7]', email VARCHAR(254) PATH '$[8]', name VARCHAR(120) PATH '$[9]')) AS j"
#define SEATS "JSON_TABLE(?, '$[*]' COLUMNS (hold_id BIGINT PATH '$[0]', booking_id BIGINT PATH '$[1]', seat_id INT PATH '$[2]', " \
	"price_type VARCHAR(20) PATH '$[3]', price_minor INT PATH '$[4]', fee_minor INT PATH '$[5]', charges INT PATH '$[6]', " \
	"serial BIGINT PATH '$[7]')) AS j"

STATEMENT(demo_holds, SHOW, "", "INSERT INTO holds (show_id, hold_id, buyer_id, state, seat_count, created_at, expires_at, seats_until, "
    "longest_until, ended_at) SELECT ?, j.hold_id, j.buyer_id, 'confirmed', j.seat_count, j.at, TIMESTAMPADD(SECOND, 600, j.at), "
    "TIMESTAMPADD(SECOND, 630, j.at), TIMESTAMPADD(SECOND, 1800, j.at), TIMESTAMPADD(SECOND, 180, j.at) FROM " BOOKINGS);
STATEMENT(demo_buyers, SHOW, "", "INSERT INTO hold_buyers (show_id, buyer_id) SELECT ?, j.buyer_id FROM " BOOKINGS);
STATEMENT(demo_bookings, SHOW, "", "INSERT INTO bookings (show_id, booking_id, hold_id, buyer_id, ref, state, email, name, total_minor, "
    "currency, created_at, confirmed_at) SELECT ?, j.booking_id, j.hold_id, j.buyer_id, j.ref, 'confirmed', j.email, j.name, "
    "j.total_minor, ?, TIMESTAMPADD(SECOND, 120, j.at), TIMESTAMPADD(SECOND, 180, j.at) FROM " BOOKINGS);
STATEMENT(demo_payments, SHOW, "", "INSERT INTO payments (show_id, payment_id, hold_id, booking_id, provider, state, amount_minor, currency, "
    "live, idem_key, body, session, capture, captured_minor, created_at, settled_at) SELECT ?, j.payment_id, j.hold_id, j.booking_id, "
    "'stripe', 'paid', j.total_minor, ?, FALSE, CONCAT('demo-', j.payment_id), '', CONCAT('cs_test_demo_', j.payment_id), "
    "CONCAT('pi_demo_', j.payment_id), j.total_minor, TIMESTAMPADD(SECOND, 120, j.at), TIMESTAMPADD(SECOND, 180, j.at) FROM " BOOKINGS);
STATEMENT(demo_hold_seats, SHOW, "", "INSERT INTO hold_seats (show_id, hold_id, seat_id, price_type, price_minor, fee_minor, charges) "
    "SELECT ?, j.hold_id, j.seat_id, j.price_type, j.price_minor, j.fee_minor, j.charges FROM " SEATS);
STATEMENT(demo_tickets, SHOW, "", "INSERT INTO booking_seats (show_id, booking_id, seat_id, state, price_type, price_minor, fee_minor, charges, "
    "serial) SELECT ?, j.booking_id, j.seat_id, 'live', j.price_type, j.price_minor, j.fee_minor, j.charges, j.serial FROM " SEATS);
STATEMENT(demo_sold, SHOW, "", "UPDATE show_seats s JOIN " SEATS " ON j.seat_id = s.seat_id SET s.status = 'confirmed', "
    "s.booking_id = j.booking_id, s.version = s.version + 2 WHERE s.show_id = ?");
#define EVENTS "JSON_TABLE(?, '$[*]' COLUMNS (outbox_id BIGINT PATH '$[0]', type VARCHAR(24) PATH '$[1]', " \
	"subject_id BIGINT PATH '$[2]', at DATETIME(3) PATH '$[3]', payload VARCHAR(1000) PATH '$[4]')) AS j"
/* None of these buyers is anybody: no relay need find what is told of them. The report is made anew from all events there are. */
STATEMENT(demo_events, SHOW, "", "INSERT INTO outbox (show_id, outbox_id, type, subject_id, at, payload, found) "
    "SELECT ?, j.outbox_id, j.type, j.subject_id, j.at, j.payload, TRUE FROM " EVENTS);

struct price {
	int64_t section, minor, extra, charges;
	struct span type;
};

struct selling {
	struct arena *arena;
	int64_t show, now_ms;
	struct span currency;
	struct crowd crowd;
	struct price *prices;
	size_t n_prices;
	struct buf bookings, seats, events;	/* the JSON tables */
	size_t n_seats;
	bool touched;
	uint32_t last_id;
};

/* One purchase while it is written down. */
struct purchase {
	int64_t hold, booking, payment, at_ms, total;
	struct span seats;		/* "1,2,3" */
	struct span tickets;		/* "[1,10,1500],[2,10,1500]": seat, section, price */
};

static void
read_hall(struct db *db, struct selling *w, const struct programme_start *start)
{
	struct rows *rows = db_select(db, &demo_seats, start->show->hall->id, start->layout_version);

	w->crowd.seats = ARENA_ARRAY(w->arena, struct crowd_seat, rows_count(rows));
	while (rows_next(rows)) {
		struct span kind = row_text(rows, 5);

		w->crowd.seats[w->crowd.n++] = (struct crowd_seat){ row_int(rows, 0), row_int(rows, 1), (int)row_int(rows, 2),
			(int)row_int(rows, 3), (int)row_int(rows, 4), span_is(kind, "wheelchair") ? SEAT_WHEELCHAIR :
			span_is(kind, "companion") ? SEAT_COMPANION : span_is(kind, "restricted") ? SEAT_RESTRICTED : SEAT_STANDARD };
	}
	rows = db_select(db, &demo_prices, w->show);
	w->prices = ARENA_ARRAY(w->arena, struct price, rows_count(rows));
	while (rows_next(rows))
		w->prices[w->n_prices++] = (struct price){ row_int(rows, 0), row_int(rows, 2), row_int(rows, 3), row_int(rows, 4),
			row_text(rows, 1) };
}

/* Mostly the first price type; in parties of three and more the later seats are children's. */
static const struct price *
price_of(struct selling *w, const struct crowd_seat *s, const struct crowd_party *party, size_t place)
{
	size_t first = 0, n = 0, type;

	while (first < w->n_prices && w->prices[first].section != s->section)
		first++;
	while (first + n < w->n_prices && w->prices[first + n].section == s->section)
		n++;
	if (!n)
		return NULL;
	type = party->n > 2 && place >= 2 ? 1 : crowd_random(&w->crowd, 10) == 0 ? 2 : 0;
	return &w->prices[first + (type < n ? type : 0)];
}

/* As id_new() would have made at that time; in a crowd of thousands within one millisecond, chance alone would give one twice. */
static int64_t
id_at(struct selling *w, int64_t ms)
{
	return ms << 21 | (w->last_id++ & ((1u << 21) - 1));
}

static const char *
sql_time(struct selling *w, int64_t ms)
{
	struct buf b;

	buf_init(&b, w->arena, 40);
	sql_time_print(&b, ms);
	return b.p;
}

static void
tell(struct selling *w, const char *type, int64_t subject, int64_t at_ms, const char *payload)
{
	buf_fmt(&w->events, "%c[%" PRId64 ",\"%s\",%" PRId64 ",\"%s\",", w->events.n ? ',' : '[', id_at(w, at_ms), type, subject,
	    sql_time(w, at_ms));
	json_text(&w->events, span_of(payload));
	buf_byte(&w->events, ']');
}

/* As seats_json() (locks.h) tells a seat's first and second change. */
static const char *
seats_of(struct selling *w, const char *key, int64_t id, const struct purchase *b, int version)
{
	struct buf t;

	buf_init(&t, w->arena, KiB);
	buf_fmt(&t, "{\"%s\":%" PRId64 ",\"seats\":[" PRSPAN "],\"versions\":[%d", key, id, ARGSPAN(b->seats), version);
	for (size_t i = 0; i < b->seats.n; i++)
		if (b->seats.p[i] == ',')
			buf_fmt(&t, ",%d", version);
	buf_text(&t, "]}");
	return t.p;
}

/* What hold, pay and settle would have told, in their order (domain/outbox.h). */
static void
tell_purchase(struct selling *w, const struct purchase *b)
{
	const char *seats = seats_of(w, "hold", b->hold, b, 2), *sold = seats_of(w, "booking", b->booking, b, 4);
	const char *total = arena_fmt(w->arena, "{\"hold\":%" PRId64 ",\"total\":%" PRId64 ",\"currency\":\"" PRSPAN "\"}", b->hold,
	    b->total, ARGSPAN(w->currency)).p;
	const char *confirmed = arena_fmt(w->arena, "{\"hold\":%" PRId64 ",\"total\":%" PRId64 ",\"currency\":\"" PRSPAN
	    "\",\"channel\":\"" CHANNEL_WEB "\",\"tickets\":[" PRSPAN "]}", b->hold, b->total, ARGSPAN(w->currency), ARGSPAN(b->tickets)).p;
	const char *paid = arena_fmt(w->arena, "{\"hold\":%" PRId64 ",\"amount\":%" PRId64 ",\"currency\":\"" PRSPAN
	    "\",\"provider\":\"stripe\",\"reason\":\"\",\"captured\":%" PRId64 ",\"channel\":\"" CHANNEL_WEB "\"}", b->hold, b->total,
	    ARGSPAN(w->currency), b->total).p;

	tell(w, "SEAT_HELD", b->hold, b->at_ms, seats);
	tell(w, "BOOKING_PENDING", b->booking, b->at_ms + PAY_AFTER_MS, total);
	tell(w, "PAYMENT_CREATED", b->payment, b->at_ms + PAY_AFTER_MS, paid);
	tell(w, "PAYMENT_OPEN", b->payment, b->at_ms + PAY_AFTER_MS + 1000, paid);
	tell(w, "SEAT_SOLD", b->hold, b->at_ms + PAID_AFTER_MS, sold);
	tell(w, "BOOKING_CONFIRMED", b->booking, b->at_ms + PAID_AFTER_MS, confirmed);
	tell(w, "PAYMENT_PAID", b->payment, b->at_ms + PAID_AFTER_MS, paid);
}

static void
write_buyer(struct selling *w)
{
	static const char *const first[] = { "Ada", "Anjali", "Ben", "Chloé", "Daiki", "Elif", "Farah", "George", "Haruka", "Ines", "Jamal",
		"Kavya", "Leo", "Meera", "Nadia", "Oskar", "Priya", "Rohan", "Sakura", "Tom", "Uma", "Victor", "Yui", "Zoë" };
	static const char *const last[] = { "Abbott", "Bose", "Castle", "D’Souza", "Endo", "Fernandes", "Grant", "Hughes", "Iyer", "Joshi",
		"Kimura", "Lobo", "Mori", "Novak", "Okafor", "Patil", "Quinn", "Rao", "Sato", "Tanaka", "Upton", "Wright" };
	uint32_t a = crowd_random(&w->crowd, ARRAY_LEN(first)), b = crowd_random(&w->crowd, ARRAY_LEN(last));

	buf_fmt(&w->bookings, "\"visitor%u@example.org\",\"%s %s\"]", 1000 + crowd_random(&w->crowd, 9000), first[a], last[b]);
}

static void
write_purchase(struct selling *w, const struct crowd_party *party, size_t number)
{
	struct purchase b = { .at_ms = w->now_ms - YOUNGEST_MS - (int64_t)crowd_random(&w->crowd, 1000) * (OLDEST_MS / 1000) };
	struct buf ids, tickets;

	b.hold = id_at(w, b.at_ms);
	b.booking = id_at(w, b.at_ms + PAY_AFTER_MS);
	b.payment = id_at(w, b.at_ms + PAY_AFTER_MS);
	buf_init(&ids, w->arena, 200);
	buf_init(&tickets, w->arena, KiB);
	for (size_t i = 0; i < party->n; i++) {
		const struct crowd_seat *s = &w->crowd.seats[party->seats[i]];
		const struct price *price = price_of(w, s, party, i);

		if (!price) {
			BUG("show %" PRId64 " has no price for section %" PRId64, w->show, s->section);
			return;
		}
		b.total += price->minor + price->extra;
		buf_fmt(&ids, "%s%" PRId64, i ? "," : "", s->id);
		buf_fmt(&tickets, "%s[%" PRId64 ",%" PRId64 ",%" PRId64 "]", i ? "," : "", s->id, s->section, price->minor + price->extra);
		buf_fmt(&w->seats, "%c[%" PRId64 ",%" PRId64 ",%" PRId64 ",\"" PRSPAN "\",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 "]",
		    w->seats.n ? ',' : '[', b.hold, b.booking, s->id, ARGSPAN(price->type), price->minor, price->extra, price->charges,
		    ticket_serial_new());
		w->n_seats++;
	}
	b.seats = buf_view(&ids);
	b.tickets = buf_view(&tickets);
	/* 7919 has no factor in common with the range, so no two of a show are the same */
	buf_fmt(&w->bookings, "%c[%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%zu,%" PRId64 ",\"%s\",",
	    w->bookings.n ? ',' : '[', b.hold, b.booking, b.payment, id_at(w, b.at_ms), (w->show * 104729 + (int64_t)number * 7919) % REFERENCE_RANGE,
	    party->n, b.total, sql_time(w, b.at_ms));
	write_buyer(w);
	tell_purchase(w, &b);
}

static enum tx_end
sell_body(struct db *db, void *context)
{
	struct selling *w = context;
	struct span bookings = buf_view(&w->bookings), seats = buf_view(&w->seats), events = buf_view(&w->events);
	struct rows *row = db_row(db, &demo_touched, w->show);

	w->touched = !row || row_int(row, 0) > 0;
	if (row)
		rows_done(row);
	if (w->touched)
		return TX_ROLLBACK;
	db_change(db, &demo_buyers, w->show, bookings);
	db_change(db, &demo_holds, w->show, bookings);
	db_change(db, &demo_hold_seats, w->show, seats);
	db_change(db, &demo_bookings, w->show, w->currency, bookings);
	db_change(db, &demo_tickets, w->show, seats);
	db_change(db, &demo_payments, w->show, w->currency, bookings);
	if (db_change(db, &demo_sold, seats, w->show) != (int64_t)w->n_seats)
		return TX_ROLLBACK;
	db_change(db, &demo_events, w->show, events);
	return TX_COMMIT;
}

enum outcome
demo_sell(struct db *db, struct arena *a, const struct programme_start *start, int64_t now_ms, size_t *bookings, size_t *seats)
{
	struct selling w = { .arena = a, .show = start->id, .now_ms = now_ms,
		.currency = start->show->prices->currency };
	struct rows *row = db_row(db, &demo_touched, start->id);
	enum tx_result r;

	if (!row || row_int(row, 0) > 0)
		return outcome_of_reads(db);
	rows_done(row);
	w.last_id = random_below(1u << 21);
	w.crowd.seed = (uint64_t)start->id * 2654435761u;
	w.crowd.stage = span_is(start->show->hall->kind, "stage");
	read_hall(db, &w, start);
	if (db_failed(db))
		return outcome_of_reads(db);
	crowd_buy(a, &w.crowd, &start->show->sold);
	if (!w.crowd.n_parties)
		return OUTCOME_OK;
	buf_init(&w.bookings, a, 16 * MiB);
	buf_init(&w.seats, a, 16 * MiB);
	buf_init(&w.events, a, 16 * MiB);
	for (size_t i = 0; i < w.crowd.n_parties; i++)
		write_purchase(&w, &w.crowd.parties[i], i);
	buf_byte(&w.bookings, ']');
	buf_byte(&w.seats, ']');
	buf_byte(&w.events, ']');
	r = tx_run(db, &demo_sell_tx, sell_body, &w);
	if (r != TX_DONE)
		return outcome_of_tx(r);
	*bookings += w.touched ? 0 : w.crowd.n_parties;
	*seats += w.touched ? 0 : w.n_seats;
	return OUTCOME_OK;
}
