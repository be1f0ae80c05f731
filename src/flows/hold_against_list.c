/*
 * hold_against_list.c - a provider's own list of payments, held against ours: money that nobody told us of is settled, and money that is
 * none of ours is shown to a human. Only for providers that have a list; the others are asked payment by payment (reconcile.c).
 */
#include "base/base.h"

#include "base/clock.h"
#include "db/db.h"
#include "domain/attention.h"
#include "domain/providers.h"
#include "flows/internal.h"

#define EVERY_MS INT64_C(300000)
#define OVERLAP_MS INT64_C(600000)	/* whatever a provider puts on its list only after a while */
#define PAGES 500			/* 50,000 payments: what a busy house sells while its reaper stands still for a night */
#define PAGE_ARENA (16 * MiB)

struct listed {
	struct flow *f;
	struct psp *psp;
	const struct payment_report *report;
};

static enum tx_end
stranger_body(struct db *db, void *context)
{
	const struct listed *l = context;

	attention_add(db, 0, "unknown", span_of(l->psp->kind->name), l->report->session, 0, SPAN("paid at the provider, but no payment of ours"));
	return TX_COMMIT;
}

TRANSACTION(stranger_tx, "stranger");

/* Ours by its reference, if there is such a payment. False with db_failed: it cannot be told now. */
static bool
ours(struct listed *l, struct payment *p)
{
	struct payment_id id;

	return payment_reference_read(l->report->reference, &id) &&
	    payment_read(l->f->db, l->f->arena, id.show, id.payment, p) == OUTCOME_OK;
}

static void
look_at(struct listed *l)
{
	const struct payment_report *r = l->report;
	struct payment p;

	if (r->fact != FACT_PAID || r->live != l->psp->live)
		return;
	if (ours(l, &p)) {
		/* with its session still unknown to us (it was made, and the answer lost) the word fits all the same */
		if (p.state != PAYMENT_PAID && p.state != PAYMENT_REFUND_DUE && p.state != PAYMENT_REFUNDED)
			payment_word(l->f, &p, r);
	} else if (!db_failed(l->f->db)) {
		tx_run(l->f->db, &stranger_tx, stranger_body, l);
	}
}

/* The page at the cursor, which moves on to the next. False: it could not be had, or not all on it be looked at. */
static bool
look_at_page(struct flow *f, struct psp *psp, int64_t since_ms, struct span *cursor, size_t *seen)
{
	struct payment_report *list;
	size_t n;

	if (psp->kind->list_payments(psp, f->arena, since_ms, cursor, &list, &n) != PSP_OK)
		return false;
	for (size_t i = 0; i < n; i++) {
		struct listed l = { f, psp, &list[i] };

		look_at(&l);
		if (db_failed(f->db))
			return false;
	}
	*seen += n;
	return true;
}

/* True if every page of it was seen. A day's pages may be more than the caller's arena holds, so each has its own. */
static bool
look_through(struct flow *f, struct psp *psp, int64_t since_ms, size_t *seen)
{
	struct span cursor = SPAN_NONE;

	for (int page = 0; page < PAGES; page++) {
		struct flow on_page = { f->db, arena_new(PAGE_ARENA), f->psps, f->n_psps };
		bool good;

		db_arena(f->db, on_page.arena);
		good = look_at_page(&on_page, psp, since_ms, &cursor, seen);
		db_arena(f->db, f->arena);
		if (good)
			cursor = arena_copy(f->arena, cursor);
		arena_free(on_page.arena);
		if (!good || !cursor.n)
			return good;
	}
	log_warn("psp.list", "provider=%s more than %d pages since the last look", psp->kind->name, PAGES);
	return true;
}

size_t
hold_against_lists(struct flow *f)
{
	size_t seen = 0;
	int64_t since;

	for (size_t i = 0; i < f->n_psps; i++) {
		struct psp *psp = &f->psps[i];
		struct span name = span_of(psp->kind->name);
		int64_t began = clock_now();

		if (psp->kind->list_payments && provider_list_due(f->db, name, EVERY_MS, &since) &&
		    look_through(f, psp, since - OVERLAP_MS, &seen))
			provider_list_done(f->db, name, began);
		db_clear(f->db);	/* one provider's trouble is not the next one's */
	}
	return seen;
}
