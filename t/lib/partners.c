/* partners.c - see partners.h. */
#include "partners.h"

#include <setjmp.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/crypto.h"
#include "relay/hook_message.h"
#include "relay/hooks.h"

struct box_office *house;
struct partner ann, bob, cat;
struct relay relay;
struct key hook_seal;
static struct settings settings;
static struct arena *kept;		/* of what relays keep for life */
static int last_event;

static sink_start *const starts[] = { hooks_start };

struct relay
partners_relay(void)
{
	struct relay r = { .db = box_office_rival(house), .arena = arena_new(16 * MiB), .holder = id_by_chance() };

	assert_true(relay_start(&r, starts, 1, kept, &settings));
	return r;
}

void
partners_turn(struct relay *r, int ms)
{
	int64_t again_ms;

	relay_find(r);
	relay_deliver(r, 0, &again_ms);
	r->sinks[0].work(&r->sinks[0], -1, ms);
}

int64_t
partners_rows(const char *where)
{
	return box_office_number(house, "SELECT COUNT(*) FROM hook_deliveries WHERE %s", where);
}

/* Turns until nothing that is due is left to do. */
void
partners_settle(void)
{
	for (int i = 0; i < 200; i++) {
		partners_turn(&relay, 20);
		if (!relay.sinks[0].work(&relay.sinks[0], -1, 20) && partners_rows("state = 'waiting' AND due_at <= UTC_TIMESTAMP(3)") == 0 &&
		    box_office_number(house, "SELECT COUNT(*) FROM outbox WHERE NOT found") == 0)
			return;
	}
	fail_msg("the relay does not come to an end");
}

void
partners_all_due(void)
{
	box_office_sql(house, "UPDATE hook_deliveries SET due_at = UTC_TIMESTAMP(3)");
}

/* -- events and endpoints ---------------------------------------------------------------------------------------------------------- */

int
partners_event(const char *type)
{
	box_office_sql(house, "INSERT INTO outbox (show_id, outbox_id, type, subject_id, at, payload) VALUES (%" PRId64 ", %d, '%s', 7, "
	    "UTC_TIMESTAMP(3), '{\"hold\":3764519021412352222}')", house->show, ++last_event, type);
	return last_event;
}

int64_t
partners_endpoint_at(const char *url, const char *types)
{
	struct hook_secret secret = hook_secret_new();

	return hook_endpoint_add(house->db, span_of(url), span_of(types), hook_secret_sealed(house->arena, &hook_seal, &secret));
}

int64_t
partners_endpoint(const struct partner *p, const char *types)
{
	int64_t id = partners_endpoint_at(arena_fmt(house->arena, "http://127.0.0.1:%d/in", p->port).p, types);

	assert_true(id > 0);
	return id;
}

/* -- all of it ---------------------------------------------------------------------------------------------------------------------- */

int
partners_sweep(void **state)
{
	(void)state;
	partner_forget(&ann);
	partner_forget(&bob);
	for (int i = 0; i < 400 && relay.sinks[0].work(&relay.sinks[0], -1, 50); i++)
		;		/* what a test has left under way ends now */
	db_clear(house->db);
	box_office_sweep(house, house->show);
	box_office_sql(house, "DELETE FROM hook_endpoints");
	last_event = 0;
	return 0;
}

int
partners_open(void **state)
{
	struct key token_key;

	box_office_open(state);
	house = *state;
	partner_open(&ann);
	partner_open(&bob);
	partner_open(&cat);
	settings = (struct settings){ .hooks = true, .outbox_days = 30, .token_key.hidden = SPAN("0123456789abcdef0123456789abcdef"),
		.outside_allow = arena_fmt(house->arena, "127.0.0.1:%d 127.0.0.1:%d", ann.port, bob.port).p };
	assert_true(key_from_text(settings.token_key.hidden, &token_key));
	hook_seal = hook_key(&token_key);
	kept = arena_new(16 * MiB);
	relay = partners_relay();
	return 0;
}

int
partners_close(void **state)
{
	db_free(relay.db);
	arena_free(relay.arena);
	partner_close(&ann);
	partner_close(&bob);
	partner_close(&cat);
	return box_office_close(state);
}
