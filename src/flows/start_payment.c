/*
 * start_payment.c - from "pay" to the provider's page. The payment is stored with its key and the exact request before the provider
 * hears of it, and the buyer gets the page's address only after that is stored too: a payment that we lost sight of cannot be paid.
 */
#include "base/base.h"

#include "base/clock.h"
#include "base/fault.h"
#include "db/db.h"
#include "domain/providers.h"
#include "flows/internal.h"

#define ROUNDS 3		/* old payments put aside before we give up */
#define REOPEN_MS 3000
#define AT_ONCE_MS 1000
#define GIVE_UP_MS 30000	/* a key that has given no answer for so long is left for a new one */

enum step { STEP_DONE, STEP_ANEW };

struct start {
	struct flow *f;
	struct psp *psp;
	const struct pay_ask *ask;
	struct pay_answer *out;
	enum pay_end end;
};

static enum step
done(struct start *s, enum pay_end end)
{
	s->end = end;
	return STEP_DONE;
}

static enum step
no(struct start *s, enum outcome o)
{
	s->out->outcome = o;
	return done(s, PAY_NO);
}

static enum step
go(struct start *s, struct span url)
{
	s->out->url = url;
	return done(s, PAY_GO);
}

static struct span
body_of(struct start *s)
{
	const struct pay_ask *ask = s->ask;
	struct checkout_line *lines = ARENA_ARRAY(s->f->arena, struct checkout_line, ask->n_lines);
	struct checkout_ask out = {
		.reference = payment_reference(s->f->arena, ask->show, ask->payment), .email = ask->email, .name = ask->name, .title = ask->title,
		.success_url = ask->success_url, .cancel_url = ask->cancel_url, .amount = ask->amount, .lines = lines,
		.n_lines = ask->n_lines, .ends_ms = ask->ends_ms,
	};

	for (size_t i = 0; i < ask->n_lines; i++)
		lines[i] = (struct checkout_line){ ask->lines[i].name, ask->lines[i].minor, ask->lines[i].quantity };
	return ask->token.n ? s->psp->kind->charge_body(s->psp, s->f->arena, &out, ask->token) :
	    s->psp->kind->checkout_body(s->psp, s->f->arena, &out);
}

/*
 * This payment will not be opened under its key. Another attempt may well do, unless this one is of this very minute. Nobody was
 * ever given its address, so nothing can be paid on it even if the provider made a session.
 */
static enum step
give_up(struct start *s, const struct payment *p, const char *why, enum pay_end end)
{
	enum outcome o = payment_ended(s->f->db, s->f->arena, p->show, p->id, PAYMENT_FAILED, span_of(why));

	if (o != OUTCOME_OK)
		return no(s, o);
	return p->id == s->ask->payment ? done(s, end) : STEP_ANEW;
}

/* Nobody is sent anywhere: what was registered is taken at once. What is not known of it yet, its return page will tell. */
static enum step
take_now(struct start *s, const struct payment *p)
{
	struct payment now;
	enum outcome o = payment_read(s->f->db, s->f->arena, p->show, p->id, &now);

	if (o != OUTCOME_OK)
		return no(s, o);
	return done(s, capture_payment(s->f, &now) == WORD_ENDED ? PAY_DECLINED : PAY_SETTLED);
}

/* Stored as open, and only then the buyer may go there. */
static enum step
keep_session(struct start *s, const struct payment *p, const struct checkout *c)
{
	enum outcome o = payment_opened(s->f->db, s->f->arena, p->show, p->id, c->session, c->url);

	if (o == OUTCOME_OK) {
		FAULT("start.kept");
		return s->ask->token.n ? take_now(s, p) : go(s, c->url);
	}
	if (o != OUTCOME_CHANGED)
		return no(s, o);
	/* closed by the reaper, or by the same buyer elsewhere, while we asked: its session is of no use to anybody */
	if (s->psp->kind->close_checkout)
		s->psp->kind->close_checkout(s->psp, s->f->arena, c->session);
	return no(s, OUTCOME_CHANGED);
}

static enum psp_result
create(struct start *s, const struct payment *p, struct checkout *c)
{
	return (s->ask->token.n ? s->psp->kind->charge : s->psp->kind->create_checkout)(s->psp, s->f->arena, p->body, p->key, c);
}

/* Where the same bytes under the same key would not be the same session again, the provider is asked for it before. */
static enum psp_result
find_or_create(struct start *s, const struct payment *p, struct checkout *c)
{
	enum psp_result r = PSP_NOT_FOUND;

	if (s->psp->kind->find_checkout && !s->ask->token.n)
		r = s->psp->kind->find_checkout(s->psp, s->f->arena, payment_reference(s->f->arena, p->show, p->id), c);
	return r == PSP_NOT_FOUND ? create(s, p, c) : r;
}

static enum step
open_it(struct start *s, const struct payment *p)
{
	int64_t began = clock_steady();
	struct checkout c;
	/* of an earlier press, or of one who died, nobody knows how far it came */
	enum psp_result r = p->id == s->ask->payment ? create(s, p, &c) : find_or_create(s, p, &c);

	/* an answer that was lost at once is asked for again; one that took its time would cost the buyer as much once more */
	if (r == PSP_CONFLICT || (r == PSP_UNSURE && clock_steady() - began < AT_ONCE_MS))
		r = find_or_create(s, p, &c);
	FAULT("start.opened");
	switch (r) {
	case PSP_OK:
		return keep_session(s, p, &c);
	case PSP_BUSY:
		return done(s, PAY_BUSY);
	case PSP_REFUSED:
	case PSP_CONFLICT:
	case PSP_DECLINED:
	case PSP_NOT_FOUND:
		return give_up(s, p, "refused", PAY_REFUSED);
	case PSP_UNSURE:
		if (p->now_ms - p->created_ms > GIVE_UP_MS)
			return give_up(s, p, "no answer", PAY_LATER);
		/* fall through */
	default:
		return done(s, PAY_LATER);
	}
}

/* "Pay" pressed again: the same page, unless the provider knows better. Without an answer the page itself will tell the buyer. */
static enum step
already_open(struct start *s, const struct payment *p)
{
	if (s->ask->token.n)
		return take_now(s, p);
	if (!payment_ask_now(s->f->db, p->show, p->id, REOPEN_MS))
		return go(s, p->url);
	switch (payment_ask(s->f, p)) {
	case WORD_PENDING:
	case WORD_APPROVED:
	case WORD_SETTLED:
		return done(s, PAY_SETTLED);
	case WORD_ENDED:
		return STEP_ANEW;
	case WORD_GONE:
		return give_up(s, p, "gone", PAY_LATER);
	default:
		return go(s, p->url);
	}
}

static enum step
go_on(struct start *s, int64_t payment)
{
	struct payment p;
	enum outcome o = payment_read(s->f->db, s->f->arena, s->ask->show, payment, &p);

	if (o != OUTCOME_OK)
		return no(s, o);
	switch (p.state) {
	case PAYMENT_CREATED:
		return open_it(s, &p);
	case PAYMENT_OPEN:
		return already_open(s, &p);
	case PAYMENT_CAPTURING:
		return no(s, OUTCOME_CAPTURING);
	case PAYMENT_FAILED:
	case PAYMENT_CLOSED:
		return p.id == s->ask->payment ? no(s, OUTCOME_CHANGED) : STEP_ANEW;
	default:
		return done(s, PAY_SETTLED);
	}
}

/* Another provider, or another amount: that one must be closed first, so that only one of them can be paid. */
static enum step
put_aside(struct start *s, int64_t payment)
{
	switch (close_payment(s->f, s->ask->show, payment)) {
	case CLOSE_DONE:
		return STEP_ANEW;
	case CLOSE_UNKNOWN:
		return done(s, PAY_LATER);
	default:
		return done(s, PAY_SETTLED);
	}
}

static enum step
round_of(struct start *s, const struct payment_begin *begin)
{
	enum outcome o = payment_begin(s->f->db, s->f->arena, begin, &s->out->payment);

	if (o == OUTCOME_CLOSED && s->out->payment)
		return put_aside(s, s->out->payment);
	if (o != OUTCOME_OK)
		return no(s, o);
	FAULT("start.stored");
	return go_on(s, s->out->payment);
}

enum pay_end
start_payment(struct flow *f, const struct pay_ask *ask, struct pay_answer *out)
{
	struct start s = { .f = f, .psp = psp_named(f->psps, f->n_psps, ask->provider), .ask = ask, .out = out };
	struct payment_begin begin = {
		.show = ask->show, .hold = ask->hold, .buyer = ask->buyer, .payment = ask->payment, .booking = ask->booking,
		.provider = ask->provider, .email = ask->email, .name = ask->name, .amount = ask->amount, .by_token = ask->token.n > 0,
		.key = arena_fmt(f->arena, "pay-%" PRId64 "-%" PRId64, ask->show, ask->payment),
	};

	*out = (struct pay_answer){ .url = SPAN_NONE };
	if (!s.psp || !s.psp->kind->check_amount(s.psp, ask->amount) || !provider_offered(f->db, f->arena, ask->provider) ||
	    (ask->token.n && !s.psp->kind->charge))
		return PAY_REFUSED;
	begin.live = s.psp->live;
	begin.pays_late = s.psp->kind->pays_late;
	begin.body = body_of(&s);
	if (!begin.body.n)
		return PAY_REFUSED;
	for (int i = 0; i < ROUNDS; i++)
		if (round_of(&s, &begin) == STEP_DONE)
			return s.end;
	return PAY_LATER;
}
