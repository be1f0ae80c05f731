/* ledger.c - see ledger.h. Sums are made anew from the movements, so they cannot disagree with them. */
#include "base/base.h"

#include "sandbox/ledger.h"
#include "sandbox/purse.h"

/* Which sum a movement changes, and which way. */
static const struct {
	const char *word, *sum;
	int sign;
} kinds[] = {
	[LEDGER_CAPTURED] = { "captured", "captured", 1 },
	[LEDGER_REFUNDED] = { "refunded", "refunded", 1 },
	[LEDGER_RETURNED] = { "returned", "refunded", -1 },
	[LEDGER_DISPUTED] = { "disputed", "disputed", 1 },
	[LEDGER_REINSTATED] = { "reinstated", "disputed", -1 },
};

void
ledger_add(struct sandbox *sb, enum ledger_kind kind, const json_t *charge, struct span about, int64_t amount, int64_t now_ms)
{
	const json_t *payment = purse_payment(sb, json_span(charge, "payment"));
	json_t *entry = json_made(json_pack("{s:I, s:s, s:O, s:O, s:O, s:O, s:n, s:O, s:I}", "at", (json_int_t)now_ms,
	    "kind", kinds[kind].word, "provider", json_object_get(charge, "provider"), "payment", json_object_get(charge, "payment"),
	    "reference", json_object_get(payment, "reference"), "charge", json_object_get(charge, "id"), "about",
	    "currency", json_object_get(charge, "currency"), "amount", (json_int_t)amount));

	if (about.n)
		json_put_span(entry, "about", about);
	json_array_append_new(store_all(&sb->store, "ledger"), entry);
	sb->store.changed = true;
	log_info("ledger", "kind=%s provider=" PRSPAN " payment=" PRSPAN " amount=%" PRId64, kinds[kind].word,
	    ARGSPAN(json_span(entry, "provider")), ARGSPAN(json_span(entry, "payment")), amount);
}

/* Adds a movement to the members of a sum's object, whose names end in `suffix`. */
static void
add_movement(json_t *sum, const json_t *entry, const char *suffix)
{
	char name[32];

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (!json_says(entry, "kind", kinds[i].word))
			continue;
		snprintf(name, sizeof(name), "%s%s", kinds[i].sum, suffix);
		json_put_number(sum, name, json_number(sum, name) + kinds[i].sign * json_number(entry, "amount"));
	}
}

/* The sum of the entry's provider and currency; a new one if it is the first. */
static json_t *
sum_of(json_t *totals, const json_t *entry)
{
	json_t *sum;
	size_t i;

	json_array_foreach(totals, i, sum)
		if (json_equal(json_object_get(sum, "provider"), json_object_get(entry, "provider")) &&
		    json_equal(json_object_get(sum, "currency"), json_object_get(entry, "currency")))
			return sum;
	sum = json_made(json_pack("{s:O, s:O, s:i, s:i, s:i, s:i}", "provider", json_object_get(entry, "provider"),
	    "currency", json_object_get(entry, "currency"), "captured", 0, "refunded", 0, "disputed", 0, "net", 0));
	json_array_append_new(totals, sum);
	return sum;
}

json_t *
ledger_totals(struct sandbox *sb)
{
	json_t *totals = json_array(), *entry, *sum;
	size_t i;

	json_array_foreach(store_all(&sb->store, "ledger"), i, entry) {
		sum = sum_of(totals, entry);
		add_movement(sum, entry, "");
		json_put_number(sum, "net", json_number(sum, "captured") - json_number(sum, "refunded") - json_number(sum, "disputed"));
	}
	return totals;
}

json_t *
ledger_payments(struct sandbox *sb)
{
	json_t *list = json_array(), *of = json_object(), *payment, *entry, *sum;
	const char *id;
	size_t i;

	json_object_foreach(store_all(&sb->store, "payments"), id, payment) {
		sum = json_made(json_pack("{s:O, s:O, s:O, s:O, s:O, s:i, s:i, s:i, s:O}", "provider", json_object_get(payment, "provider"),
		    "id", json_object_get(payment, "id"), "reference", json_object_get(payment, "reference"),
		    "charge", json_object_get(payment, "charge"), "currency", json_object_get(payment, "currency"),
		    "captured_minor", 0, "refunded_minor", 0, "disputed_minor", 0, "state", json_object_get(payment, "state")));
		json_array_append_new(list, sum);
		json_object_set(of, id, sum);
	}
	json_array_foreach(store_all(&sb->store, "ledger"), i, entry) {
		sum = json_object_get(of, json_string_value(json_object_get(entry, "payment")));
		add_movement(sum, entry, "_minor");
	}
	json_decref(of);
	return list;
}

json_t *
ledger_json(struct sandbox *sb)
{
	return json_made(json_pack("{s:o, s:o, s:O}", "totals", ledger_totals(sb), "payments", ledger_payments(sb),
	    "movements", store_all(&sb->store, "ledger")));
}
