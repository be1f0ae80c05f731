/* test_catalog.c - what plays where and when, how a show sells, and the search, which takes anything. */
#include "t/lib/box_office.h"

#include <setjmp.h>

#include <cmocka.h>

#include "domain/catalog.h"
#include "domain/outcome.h"
#include "domain/search.h"

#define SOLD "status = 'confirmed', hold_id = NULL, expires_at = NULL, booking_id = 79"

static const char *const titles[] = { "Ox", "A", "Paradox Lost", "L’Été des Éphémères", "आधी रात की ट्राम", "鯨の図書館",
	"Who Was That", "The (Nearly) True Story of the Nine-Storey Fall", "100% Wool_y Sheep" };

struct programme {
	struct box_office *f;
	struct city city;
	int64_t shows[ARRAY_LEN(titles)];
};

static int
open_programme(void **state)
{
	struct programme *p = calloc(1, sizeof(*p));
	void *f;

	if (box_office_open(&f) != 0)
		return -1;
	p->f = f;
	for (size_t i = 0; i < ARRAY_LEN(titles); i++) {
		int64_t first = p->f->event;

		p->f->event = box_office_event(p->f, titles[i], i % 2 ? "Comedy" : "Thriller", i < 4 ? "English" : "Japanese");
		p->shows[i] = box_office_show(p->f, (struct house){ .rows = 2 });
		p->f->event = first;
	}
	assert_int_equal(city_by_slug(p->f->db, p->f->arena, SPAN("london"), &p->city), OUTCOME_OK);
	*state = p;
	return 0;
}

static int
close_programme(void **state)
{
	struct programme *p = *state;
	void *f = p->f;

	free(p);
	return box_office_close(&f);
}

/* The titles found, in order, with | between. */
static const char *
found(struct programme *p, const struct browse *b)
{
	struct show *list;
	struct buf out;
	size_t n;

	buf_init(&out, p->f->arena, 4 * KiB);
	db_clear(p->f->db);
	assert_int_equal(shows_browse(p->f->db, p->f->arena, &p->city, b, &list, &n), OUTCOME_OK);
	for (size_t i = 0; i < n; i++)
		buf_fmt(&out, "%s" PRSPAN, i ? "|" : "", ARGSPAN(list[i].event.title));
	return out.p;
}

static const char *
search(struct programme *p, const char *words)
{
	struct browse b = { .date = SPAN_NONE, .words = span_of(words), .genre = SPAN_NONE, .language = SPAN_NONE };

	return found(p, &b);
}

static void
words_are_found_by_their_beginnings_in_any_case_and_accent(void **state)
{
	struct programme *p = *state;

	assert_string_equal(search(p, "lamp"), "The Lamplighter");
	assert_string_equal(search(p, "LAMPLIGHTER the"), "The Lamplighter");
	assert_string_equal(search(p, "ephemeres ete"), "L’Été des Éphémères");
	assert_string_equal(search(p, "l'été"), "L’Été des Éphémères");
	assert_string_equal(search(p, "storey nine"), "The (Nearly) True Story of the Nine-Storey Fall");
	assert_string_equal(search(p, "nearly"), "The (Nearly) True Story of the Nine-Storey Fall");
	assert_string_equal(search(p, "amplighter"), "");
}

static void
short_titles_and_stop_words_are_found(void **state)
{
	struct programme *p = *state;

	assert_string_equal(search(p, "ox"), "Ox");
	assert_string_equal(search(p, "who was that"), "Who Was That");
	assert_non_null(strstr(search(p, "a"), "A"));
	assert_string_equal(search(p, "lost paradox"), "Paradox Lost");
}

static void
other_scripts_are_found(void **state)
{
	struct programme *p = *state;

	assert_string_equal(search(p, "図書館"), "鯨の図書館");
	assert_string_equal(search(p, "鯨"), "鯨の図書館");
	assert_string_equal(search(p, "रात ट्राम"), "आधी रात की ट्राम");
}

static void
every_word_must_match(void **state)
{
	struct programme *p = *state;

	assert_string_equal(search(p, "lamplighter ox"), "");
	assert_string_equal(search(p, "鯨 ox"), "");
	assert_string_equal(search(p, "paradox zebra"), "");
}

static void
no_sign_is_an_operator(void **state)
{
	static const char *const wild[] = { "++ \"", "@", "*", "\"", "+", "-", "(", ")", "~", "<>", "%", "_", "\\", "'", "''; DROP TABLE x",
		"+-", "+*", "\"\"\"\"", "@3", "((((", "%%%", "\\\\'", "a*b+c-d", "lamp* -lighter", "+(lamp", "\xe3\x80\x80", "。。" };
	struct programme *p = *state;

	for (size_t i = 0; i < ARRAY_LEN(wild); i++)
		search(p, wild[i]);
	assert_false(search_has_words(SPAN("++ \"")));
	assert_false(search_has_words(SPAN("%_\\ 、。")));
	assert_true(search_has_words(SPAN("--x")));
	assert_string_equal(search(p, "++ \""), "");
	assert_string_equal(search(p, "%"), "");
	assert_string_equal(search(p, "-lamp"), "The Lamplighter");
	assert_string_equal(search(p, "\"lamp* @@ wool\""), "");
	assert_string_equal(search(p, "lamp%"), "The Lamplighter");
	assert_string_equal(search(p, "w_ol"), "");
	assert_string_equal(search(p, "100% wool"), "100% Wool_y Sheep");
}

static void
a_very_long_search_is_safe(void **state)
{
	struct programme *p = *state;
	struct buf b;

	buf_init(&b, p->f->arena, 20 * KiB);
	for (int i = 0; i < 1000; i++)
		buf_text(&b, "lamp ");
	assert_string_equal(search(p, b.p), "The Lamplighter");
	buf_clear(&b);
	for (int i = 0; i < 3000; i++)
		buf_text(&b, "鯨");
	assert_string_equal(search(p, b.p), "");
}

static struct show
only_show(struct programme *p)
{
	struct show s;

	assert_int_equal(show_read(p->f->db, p->f->arena, p->f->show, &s), OUTCOME_OK);
	return s;
}

static void
availability_follows_the_seats(void **state)
{
	struct programme *p = *state;
	struct box_office *f = p->f;
	int64_t twenty = box_office_show(f, (struct house){ .rows = 1, .seats_a_row = 30 });
	struct show s;

	assert_int_equal(show_read(f->db, f->arena, twenty, &s), OUTCOME_OK);
	assert_int_equal(s.availability, SHOW_FREE);
	assert_int_equal(s.total, 30);
	box_office_sql(f, "UPDATE show_seats SET " SOLD " WHERE show_id = %" PRId64 " LIMIT 27", twenty);
	show_read(f->db, f->arena, twenty, &s);
	assert_int_equal(s.free, 3);
	assert_int_equal(s.availability, SHOW_FREE);	/* exactly 10 % is not under */
	box_office_sql(f, "UPDATE show_seats SET " SOLD " WHERE show_id = %" PRId64 " AND status = 'available' LIMIT 1", twenty);
	show_read(f->db, f->arena, twenty, &s);
	assert_int_equal(s.availability, SHOW_FEW);
	box_office_sql(f, "UPDATE show_seats SET status = 'held', hold_id = 1, expires_at = UTC_TIMESTAMP(3) + INTERVAL 60 SECOND "
	    "WHERE show_id = %" PRId64 " AND status = 'available'", twenty);
	show_read(f->db, f->arena, twenty, &s);
	assert_int_equal(s.availability, SHOW_SOLD_OUT);
	assert_int_equal(s.in_baskets, 2);
	box_office_later(f, twenty, 61);
	show_read(f->db, f->arena, twenty, &s);
	assert_int_equal(s.availability, SHOW_FEW);
	assert_int_equal(s.in_baskets, 0);
	box_office_sql(f, "UPDATE shows SET listed = 0 WHERE show_id = %" PRId64, twenty);
	assert_int_equal(show_read(f->db, f->arena, twenty, &s), OUTCOME_NOT_FOUND);
}

static void
availability_follows_the_sale(void **state)
{
	static const struct {
		const char *set;
		enum availability is;
	} cases[] = {
		{ "sales_from = UTC_TIMESTAMP(3) + INTERVAL 1 HOUR", SHOW_NOT_YET },
		{ "sales_until = UTC_TIMESTAMP(3)", SHOW_OVER },
		{ "state = 'paused'", SHOW_PAUSED },
		{ "state = 'cancelling'", SHOW_CANCELLED },
		{ "state = 'cancelled'", SHOW_CANCELLED },
		{ "state = 'ended'", SHOW_OVER },
	};
	struct programme *p = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		box_office_sql(p->f, "CREATE TABLE kept AS SELECT * FROM show_sales WHERE show_id = %" PRId64, p->f->show);
		box_office_sql(p->f, "UPDATE show_sales SET %s WHERE show_id = %" PRId64, cases[i].set, p->f->show);
		assert_int_equal(only_show(p).availability, cases[i].is);
		box_office_sql(p->f, "REPLACE INTO show_sales SELECT * FROM kept;\nDROP TABLE kept");
	}
	assert_int_equal(only_show(p).availability, SHOW_FREE);
}

static void
a_show_is_told_whole(void **state)
{
	struct programme *p = *state;
	struct show s = only_show(p);

	assert_string_equal(CSTR(p->f->arena, s.event.title), "The Lamplighter");
	assert_string_equal(CSTR(p->f->arena, s.event.genre), "Drama");
	assert_int_equal(s.event.minutes, 95);
	assert_string_equal(CSTR(p->f->arena, s.event.certificate), "PG");
	assert_int_equal(s.event.released_ms, 1767916800000);	/* 2026-01-09 */
	assert_string_equal(CSTR(p->f->arena, s.venue_name), "The Test House");
	assert_string_equal(CSTR(p->f->arena, s.hall_name), "Hall 1");
	assert_string_equal(CSTR(p->f->arena, s.city_name), "London");
	assert_int_equal(s.local_date.n, 10);
	assert_int_equal(s.price_min.minor, 1000);
	assert_int_equal(s.price_max.minor, 1600);
	assert_int_equal(moment_civil(s.starts).hour, 19);
	assert_false(s.by_section);
}

static void
filters_are_joined_by_and(void **state)
{
	struct programme *p = *state;
	struct browse b = { .date = SPAN_NONE, .words = SPAN_NONE, .genre = SPAN("Comedy"), .language = SPAN("Japanese") };

	assert_string_equal(found(p, &b), "The (Nearly) True Story of the Nine-Storey Fall|鯨の図書館");
	b.words = SPAN("鯨");
	assert_string_equal(found(p, &b), "鯨の図書館");
	b.genre = SPAN("Opera");
	assert_string_equal(found(p, &b), "");
}

static void
the_hour_of_the_venues_clock_filters(void **state)
{
	static const struct {
		const char *at;
		enum part_of_day part;
	} cases[] = { { "04:59", NIGHT }, { "05:00", MORNING }, { "11:59", MORNING }, { "12:00", AFTERNOON }, { "16:59", AFTERNOON },
		{ "17:00", EVENING }, { "20:59", EVENING }, { "21:00", NIGHT }, { "23:59", NIGHT }, { "00:00", NIGHT } };
	struct programme *p = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		box_office_sql(p->f, "UPDATE shows SET starts_local = CONCAT(DATE(starts_local), ' %s') WHERE show_id = %" PRId64,
		    cases[i].at, p->f->show);
		for (enum part_of_day part = ANY_TIME; part <= NIGHT; part++) {
			struct browse b = { .date = SPAN_NONE, .words = SPAN("Lamplighter"), .genre = SPAN_NONE, .language = SPAN_NONE,
				.time = part };

			assert_string_equal(found(p, &b), part == ANY_TIME || part == cases[i].part ? "The Lamplighter" : "");
		}
	}
}

static void
a_day_lists_its_own_shows_and_none_that_have_begun(void **state)
{
	struct programme *p = *state;
	struct show s = only_show(p);
	struct browse b = { .date = s.local_date, .words = SPAN("Lamplighter"), .genre = SPAN_NONE, .language = SPAN_NONE };

	assert_string_equal(found(p, &b), "The Lamplighter");
	b.date = SPAN("2031-01-01");
	assert_string_equal(found(p, &b), "");
	b.date = s.local_date;
	box_office_sql(p->f, "UPDATE shows SET starts_at = UTC_TIMESTAMP(3) - INTERVAL 1 MINUTE WHERE show_id = %" PRId64, p->f->show);
	assert_string_equal(found(p, &b), "");
	box_office_sql(p->f, "UPDATE shows SET starts_at = starts_local WHERE show_id = %" PRId64, p->f->show);
}

static void
days_count_what_the_list_would_show(void **state)
{
	struct programme *p = *state;
	struct browse b = { .date = SPAN_NONE, .words = SPAN_NONE, .genre = SPAN("Comedy"), .language = SPAN_NONE };
	struct day_count days[14];
	int64_t sum = 0;

	assert_int_equal(city_days(p->f->db, p->f->arena, &p->city, &b, days), OUTCOME_OK);
	for (int i = 0; i < 14; i++) {
		struct show *list;
		size_t n;

		b.date = days[i].date;
		assert_int_equal(shows_browse(p->f->db, p->f->arena, &p->city, &b, &list, &n), OUTCOME_OK);
		assert_int_equal(days[i].shows, n);
		assert_int_equal(moment_civil(days[i].noon).hour, 12);
		sum += days[i].shows;
	}
	assert_int_equal(sum, 4);
	b.words = SPAN("paradox");
	assert_int_equal(city_days(p->f->db, p->f->arena, &p->city, &b, days), OUTCOME_OK);
	for (int i = 0; i < 14; i++)
		assert_int_equal(days[i].shows, 0);
}

static void
choices_are_what_is_on(void **state)
{
	struct programme *p = *state;
	struct span *genres, *languages;
	size_t n_genres, n_languages;

	assert_int_equal(city_choices(p->f->db, p->f->arena, &p->city, &genres, &n_genres, &languages, &n_languages), OUTCOME_OK);
	assert_int_equal(n_genres, 3);
	assert_string_equal(CSTR(p->f->arena, genres[0]), "Comedy");
	assert_int_equal(n_languages, 2);
}

static void
cities_tell_tonight_or_the_next_show(void **state)
{
	struct programme *p = *state;
	struct city *list;
	size_t n;

	assert_int_equal(cities_read(p->f->db, p->f->arena, &list, &n), OUTCOME_OK);
	assert_int_equal(n, 1);
	assert_int_equal(list[0].tonight, 0);
	assert_int_equal(list[0].next_ms, only_show(p).starts_utc_ms);
	box_office_sql(p->f, "UPDATE shows SET starts_at = UTC_TIMESTAMP(3) + INTERVAL 1 SECOND, local_date = UTC_DATE() WHERE show_id = %"
	    PRId64, p->shows[0]);
	assert_int_equal(cities_read(p->f->db, p->f->arena, &list, &n), OUTCOME_OK);
	assert_int_equal(list[0].tonight, 1);
	box_office_sql(p->f, "UPDATE shows SET starts_at = starts_local, local_date = DATE(starts_local) WHERE show_id = %" PRId64,
	    p->shows[0]);
	assert_int_equal(city_by_slug(p->f->db, p->f->arena, SPAN("atlantis"), list), OUTCOME_NOT_FOUND);
}

static void
a_title_lists_its_shows_by_start(void **state)
{
	struct programme *p = *state;
	struct box_office *f = p->f;
	int64_t more = box_office_show(f, (struct house){ .rows = 1 });
	struct day_count days[14];
	int64_t counted = 0;
	struct show *list;
	struct event e;
	size_t n;

	assert_int_equal(event_by_slug(f->db, f->arena, SPAN("e1"), &e), OUTCOME_OK);
	assert_string_equal(CSTR(f->arena, e.synopsis), "What it is about.");
	assert_int_equal(event_shows(f->db, f->arena, &e, &p->city, SPAN_NONE, &list, &n), OUTCOME_OK);
	assert_true(n >= 2);
	assert_int_equal(list[0].id, f->show);
	assert_int_equal(list[n - 1].id, more);
	assert_int_equal(event_days(f->db, f->arena, &e, &p->city, days), OUTCOME_OK);
	for (int i = 0; i < 14; i++)
		counted += days[i].shows;
	assert_int_equal(counted, n);
	assert_int_equal(event_shows(f->db, f->arena, &e, &p->city, SPAN("2031-01-01"), &list, &n), OUTCOME_OK);
	assert_int_equal(n, 0);
	assert_int_equal(event_by_slug(f->db, f->arena, SPAN("nothing"), &e), OUTCOME_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_found_by_their_beginnings_in_any_case_and_accent),
		cmocka_unit_test(short_titles_and_stop_words_are_found),
		cmocka_unit_test(other_scripts_are_found),
		cmocka_unit_test(every_word_must_match),
		cmocka_unit_test(no_sign_is_an_operator),
		cmocka_unit_test(a_very_long_search_is_safe),
		cmocka_unit_test(availability_follows_the_sale),
		cmocka_unit_test(a_show_is_told_whole),
		cmocka_unit_test(filters_are_joined_by_and),
		cmocka_unit_test(the_hour_of_the_venues_clock_filters),
		cmocka_unit_test(a_day_lists_its_own_shows_and_none_that_have_begun),
		cmocka_unit_test(days_count_what_the_list_would_show),
		cmocka_unit_test(choices_are_what_is_on),
		cmocka_unit_test(cities_tell_tonight_or_the_next_show),
		cmocka_unit_test(a_title_lists_its_shows_by_start),
		cmocka_unit_test(availability_follows_the_seats),
	};

	return cmocka_run_group_tests(tests, open_programme, close_programme);
}
