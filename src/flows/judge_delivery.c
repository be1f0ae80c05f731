/*
 * judge_delivery.c - whether a message at our webhook's address is a provider's. What the check needs from outside is fetched here,
 * once for all workers, and kept only if the message turned out to be true: a stranger fills nothing.
 */
#include "base/base.h"

#include "db/db.h"
#include "domain/providers.h"
#include "flows/internal.h"

#define FILE_GOOD_MS INT64_C(86400000)

static enum judged
judged(struct psp *psp, const struct delivery *d, enum psp_verdict verdict)
{
	static const char *const why[] = { [SIGNED] = "", [NOT_SIGNED] = "signature", [SIGNED_TOO_OLD] = "age",
		[VERDICT_FETCH] = "certificate", [VERDICT_ASK] = "not to be asked", [VERDICT_NONE] = "no secret" };

	if (verdict == SIGNED)
		return JUDGED_SIGNED;
	log_warn("webhook.refused", "provider=%s why=\"%s\" bytes=%zu", psp->kind->name, why[verdict], d->body.n);
	return verdict == NOT_SIGNED ? JUDGED_FALSE : verdict == SIGNED_TOO_OLD ? JUDGED_OLD : JUDGED_UNKNOWN;
}

static enum psp_verdict
with_fetched(struct flow *f, struct psp *psp, struct delivery *d, struct psp_need *need)
{
	bool fresh = !provider_file(f->db, need->url, &d->fetched);
	struct span url = need->url;
	enum psp_verdict verdict;

	if (db_failed(f->db) || (fresh && psp_fetch(psp, f->arena, url, &d->fetched) != PSP_OK))
		return VERDICT_FETCH;
	verdict = psp->kind->verify_webhook(psp, f->arena, d, need);
	if (verdict == SIGNED && fresh)
		provider_file_keep(f->db, url, d->fetched, FILE_GOOD_MS);
	return verdict;
}

enum judged
judge_delivery(struct flow *f, struct psp *psp, struct delivery *d)
{
	struct psp_need need = { .url = SPAN_NONE };
	enum psp_verdict verdict = psp->kind->verify_webhook(psp, f->arena, d, &need);

	if (verdict == VERDICT_FETCH && f->db)
		verdict = with_fetched(f, psp, d, &need);
	else if (verdict == VERDICT_ASK && f->db && psp->kind->ask_verdict &&
	    psp->kind->ask_verdict(psp, f->arena, d, &verdict) != PSP_OK)
		verdict = VERDICT_FETCH;	/* it could not be asked now */
	return judged(psp, d, verdict);
}
