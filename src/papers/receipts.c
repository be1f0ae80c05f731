/*
 * receipts.c - receipts; see documents.h. What was paid when it was bought stands above, what became of the money since then below:
 * a receipt is never taken back, only continued.
 */
#include "base/base.h"

#include "papers/document_text.h"
#include "papers/documents.h"
#include "papers/words.h"

size_t
paper_lines(struct arena *a, const struct booking *b, const struct charge_lines *charges, struct paper_line **lines)
{
	*lines = ARENA_ARRAY(a, struct paper_line, charges->n);
	for (size_t i = 0; i < charges->n; i++) {
		const struct charge_line *l = &charges->list[i];

		(*lines)[i] = (struct paper_line){ .name = l->rate.n ? paper_words(a, W_NAME_AND_RATE, l->name, l->rate) : l->name,
			.amount = money_of(l->minor, span_of(b->total.code)), .included = l->included };
	}
	return charges->n;
}

static void
seller(struct buf *b, const struct settings *s)
{
	struct span address = span_of(s->seller_address);

	doc_open(b, "seller", '[');
	doc_text(b, NULL, span_of(s->seller_name[0] ? s->seller_name : s->house_name));
	for (int lines = 0; address.n && lines < 8; lines++)
		doc_text(b, NULL, span_trim(span_cut(&address, '|')));
	if (s->seller_tax_id[0])
		doc_text(b, NULL, paper_words(b->arena, W_TAX_ID, span_of(s->seller_tax_id), SPAN_NONE));
	doc_close(b, ']');
}

static void
facts(struct buf *b, const struct receipt_paper *p, int64_t paid_ms)
{
	struct arena *a = b->arena;

	doc_open(b, "facts", '[');
	doc_labelled(b, W_RECEIPT_NUMBER, reference_groups(a, p->booking->reference));
	doc_labelled(b, W_PAID_ON, stamp_there(a, p->show, paid_ms));
	if (p->booking->name.n)
		doc_labelled(b, W_BUYER, p->booking->name);
	doc_labelled(b, W_EMAIL, p->booking->email);
	doc_close(b, ']');
}

static void
row(struct buf *b, struct span name, struct span note, struct span mark, struct money amount)
{
	doc_open(b, NULL, '{');
	doc_text(b, "name", name);
	doc_text(b, "note", note);
	doc_text(b, "mark", mark);
	doc_text(b, "amount", money_text(b->arena, amount));
	doc_close(b, '}');
}

/* Each seat for its own price; what comes on top of it stands below, by name. Returns the sum. */
static int64_t
seats(struct buf *b, const struct receipt_paper *p)
{
	struct arena *a = b->arena;
	int64_t sum = 0;

	doc_open(b, "seats", '[');
	for (size_t i = 0; i < p->booking->n; i++) {
		const struct ticket *t = &p->booking->tickets[i];
		const struct span note[] = { t->section_name, t->price_name, kind_text(t->kind) };
		struct money own = { .minor = t->price.minor - t->fee.minor };
		struct span mark = t->live ? SPAN_NONE : !t->cancelled_ms ? paper_word(W_CANCELLED) :
		    paper_words(a, W_CANCELLED_ON, stamp_text(a, p->show, t->cancelled_ms), SPAN_NONE);

		memcpy(own.code, t->price.code, sizeof(own.code));
		row(b, paper_words(a, W_ROW_AND_SEAT, t->row, t->number), dotted(a, note, ARRAY_LEN(note)), mark, own);
		sum += own.minor;
	}
	doc_close(b, ']');
	return sum;
}

static int64_t
lines(struct buf *b, const struct receipt_paper *p)
{
	int64_t sum = 0;

	doc_open(b, "lines", '[');
	for (size_t i = 0; i < p->n_lines; i++) {
		const struct paper_line *l = &p->lines[i];

		doc_open(b, NULL, '{');
		doc_text(b, "name", l->included ? paper_words(b->arena, W_OF_WHICH, l->name, SPAN_NONE) : l->name);
		doc_text(b, "amount", money_text(b->arena, l->amount));
		doc_flag(b, "included", l->included);
		doc_close(b, '}');
		sum += l->included ? 0 : l->amount.minor;
	}
	doc_close(b, ']');
	return sum;
}

static void
sum(struct buf *b, const char *key, struct span name, struct money amount)
{
	doc_open(b, key, '{');
	doc_text(b, "name", name);
	doc_text(b, "amount", money_text(b->arena, amount));
	doc_close(b, '}');
}

static struct span
way_paid(struct arena *a, struct span provider)
{
	static const struct {
		const char *provider;
		enum paper_word word;
	} ways[] = { { "stripe", W_PAID_STRIPE }, { "razorpay", W_PAID_RAZORPAY }, { "paypal", W_PAID_PAYPAL } };

	for (size_t i = 0; i < ARRAY_LEN(ways); i++)
		if (span_is(provider, ways[i].provider))
			return paper_word(ways[i].word);
	return paper_words(a, W_PAID_OTHERWISE, provider, SPAN_NONE);
}

static struct span
refund_note(struct arena *a, const struct show *show, const struct refund *r)
{
	struct span asked = stamp_text(a, show, r->created_ms);

	if (r->state == REFUND_ROW_DONE)
		return paper_words(a, W_REFUND_DONE, asked, stamp_text(a, show, r->done_ms));
	return paper_words(a, r->state == REFUND_ROW_HUMAN ? W_REFUND_HUMAN : W_REFUND_PENDING, asked, SPAN_NONE);
}

/* An attempt that failed has a successor, or is with a human: it moved nothing and is not told. Returns what was refunded. */
static int64_t
refunds(struct buf *b, const struct show *show, const struct money_paid *m)
{
	int64_t back = 0;

	for (size_t i = 0; i < m->n; i++) {
		const struct refund *r = &m->refunds[i];
		struct money amount = r->amount;

		if (r->state == REFUND_ROW_FAILED)
			continue;
		amount.minor = -amount.minor;
		row(b, paper_word(W_REFUND), refund_note(b->arena, show, r), SPAN_NONE, amount);
		back += r->amount.minor;
	}
	return back;
}

static void
money(struct buf *b, const struct receipt_paper *p)
{
	struct money left = p->booking->total;
	int64_t back = 0;

	left.minor = 0;
	doc_open(b, "money", '[');
	for (size_t i = 0; i < p->n_paid; i++) {
		const struct money_paid *m = &p->paid[i];

		row(b, way_paid(b->arena, m->provider), stamp_text(b->arena, p->show, m->at_ms), SPAN_NONE, m->amount);
		left.minor += m->amount.minor;
		back += refunds(b, p->show, m);
	}
	doc_close(b, ']');
	left.minor -= back;
	sum(b, "remains", back ? paper_word(W_REMAINS) : SPAN_NONE, left);
}

/* The last thing that a receipt tells of. */
static int64_t
newest_ms(const struct receipt_paper *p)
{
	int64_t newest = p->booking->confirmed_ms;

#define LATER(ms) newest = (ms) > newest ? (ms) : newest
	for (size_t i = 0; i < p->booking->n; i++)
		LATER(p->booking->tickets[i].cancelled_ms);
	for (size_t i = 0; i < p->n_paid; i++) {
		LATER(p->paid[i].at_ms);
		for (size_t k = 0; k < p->paid[i].n; k++) {
			LATER(p->paid[i].refunds[k].created_ms);
			LATER(p->paid[i].refunds[k].done_ms);
		}
	}
#undef LATER
	return newest;
}

struct span
receipt_document(struct arena *a, const struct receipt_paper *p)
{
	struct span reference = reference_groups(a, p->booking->reference);
	int64_t owed;
	struct buf b;

	buf_init(&b, a, DOCUMENT_MAX);
	doc_open(&b, NULL, '{');
	doc_head(&b, "receipt", newest_ms(p), paper_words(a, W_RECEIPT_TITLE, reference, SPAN_NONE), span_of(p->settings->house_name),
	    p->show);
	doc_text(&b, "heading", paper_word(W_RECEIPT));
	seller(&b, p->settings);
	facts(&b, p, p->n_paid ? p->paid[0].at_ms : p->booking->confirmed_ms);
	owed = seats(&b, p);
	owed += lines(&b, p);
	if (owed != p->booking->total.minor)
		BUG("show=%" PRId64 " booking=%" PRId64 " costs %" PRId64 ", its receipt says %" PRId64, p->booking->show, p->booking->id,
		    p->booking->total.minor, owed);
	sum(&b, "total", paper_word(W_TOTAL), p->booking->total);
	money(&b, p);
	doc_open(&b, "notes", '[');
	doc_text(&b, NULL, paper_words(a, W_TIMES, p->show->city_name, zone_name(p->show->starts.zone)));
	doc_close(&b, ']');
	doc_close(&b, '}');
	return buf_view(&b);
}
