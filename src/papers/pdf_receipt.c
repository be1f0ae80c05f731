/*
 * pdf_receipt.c - a receipt, from the top of a page down, on as many pages as it needs. It is laid out twice: the first time nothing
 * is painted, only the pages are counted.
 */
#include "base/base.h"

#include "papers/pdf_document.h"

#define LEFT 56
#define WIDTH (SHEET_WIDTH - 2 * LEFT)
#define TOP 56
#define BOTTOM (SHEET_HEIGHT - 72)
#define AMOUNT_WIDTH 110
#define NAME_WIDTH (WIDTH - AMOUNT_WIDTH - 12)
#define SELLER_LEFT (LEFT + WIDTH - SELLER_WIDTH)
#define SELLER_WIDTH 190
#define LABEL_WIDTH 96
#define THIN 0.5
#define THICK 1.2

static const struct style heading = { 26, 34, 2, true, INK_BLACK, SIDE_LEFT };
static const struct style seller_name = { 10.5, 15, 2, true, INK_BLACK, SIDE_LEFT };
static const struct style seller = { 9.5, 13.3, 2, false, INK_BLACK, SIDE_LEFT };
static const struct style label = { 9.5, 14, 2, false, INK_MUTED, SIDE_LEFT };
static const struct style fact = { 10, 14, 2, false, INK_BLACK, SIDE_LEFT };
static const struct style event = { 14, 19, 3, true, INK_BLACK, SIDE_LEFT };
static const struct style about = { 10, 14, 2, false, INK_BLACK, SIDE_LEFT };
static const struct style name = { 10, 14, 3, false, INK_BLACK, SIDE_LEFT };
static const struct style note = { 9, 12.6, 3, false, INK_MUTED, SIDE_LEFT };
static const struct style mark = { 9, 12.6, 2, true, INK_BLACK, SIDE_LEFT };
static const struct style amount = { 10, 14, 1, false, INK_BLACK, SIDE_RIGHT };
static const struct style small_name = { 9, 12.6, 3, false, INK_MUTED, SIDE_LEFT };
static const struct style small_amount = { 9, 12.6, 1, false, INK_MUTED, SIDE_RIGHT };
static const struct style sum_name = { 12, 17, 2, true, INK_BLACK, SIDE_LEFT };
static const struct style sum_amount = { 12, 17, 1, true, INK_BLACK, SIDE_RIGHT };
static const struct style notes = { 9, 12.6, 6, false, INK_MUTED, SIDE_LEFT };
static const struct style foot = { 9, 12.6, 1, false, INK_MUTED, SIDE_LEFT };
static const struct style foot_page = { 9, 12.6, 1, false, INK_MUTED, SIDE_RIGHT };

struct flow {
	struct sheet *sheet;
	const struct document *d;
	double y;
	int pages;		/* of all; 0 while they are counted */
};

static void
draw_foot(struct flow *f)
{
	double y = SHEET_HEIGHT - 48;

	if (!f->pages)
		return;
	sheet_text(f->sheet, LEFT, y, WIDTH - 60, &foot, f->d->facts.title);
	if (f->pages > 1)
		sheet_text(f->sheet, LEFT + WIDTH - 60, y, 60, &foot_page, arena_fmt(f->sheet->arena, "%d / %d", f->sheet->page, f->pages).p);
}

/* Room for so much more, on this page or on the next. */
static void
need(struct flow *f, double height)
{
	if (f->y + height <= BOTTOM)
		return;
	draw_foot(f);
	sheet_next(f->sheet);
	f->y = TOP;
}

static void
draw_head(struct flow *f)
{
	const struct document *d = f->d;
	double y = TOP + 7, end = TOP + sheet_text(f->sheet, LEFT, TOP, WIDTH - SELLER_WIDTH - 20, &heading, d->heading) + 12;

	for (size_t i = 0; i < d->seller.n; i++)
		y += sheet_text(f->sheet, SELLER_LEFT, y, SELLER_WIDTH, i ? &seller : &seller_name, d->seller.list[i]);
	for (size_t i = 0; i < d->n_facts; i++) {
		double width = end < y + label.leading ? WIDTH - SELLER_WIDTH - 20 : WIDTH;
		double tall = sheet_text(f->sheet, LEFT, end, LABEL_WIDTH, &label, d->facts_list[i].label);
		double other = sheet_text(f->sheet, LEFT + LABEL_WIDTH + 8, end, width - LABEL_WIDTH - 8, &fact, d->facts_list[i].value);

		end += (tall > other ? tall : other) + 2;
	}
	f->y = (end > y ? end : y) + 26;
}

static void
draw_event(struct flow *f)
{
	need(f, event.lines * event.leading + about.lines * about.leading);
	f->y += sheet_text(f->sheet, LEFT, f->y, WIDTH, &event, f->d->event) + 2;
	for (size_t i = 0; i < f->d->about.n; i++) {
		need(f, about.lines * about.leading);
		f->y += sheet_text(f->sheet, LEFT, f->y, WIDTH, &about, f->d->about.list[i]);
	}
	f->y += 16;
}

static void
draw_row(struct flow *f, const struct row *r, const struct style *left, const struct style *right, bool ruled)
{
	struct sheet *s = f->sheet;
	double pad = ruled ? 5 : 2, y;
	double height = sheet_height(s, NAME_WIDTH, left, r->name) + sheet_height(s, NAME_WIDTH, &note, r->note) +
	    sheet_height(s, NAME_WIDTH, &mark, r->mark);

	if (height < right->leading)
		height = right->leading;
	need(f, height + 2 * pad);
	if (ruled)
		sheet_rule(s, LEFT, f->y, WIDTH, THIN, INK_LINE);
	y = f->y + pad;
	sheet_text(s, LEFT + WIDTH - AMOUNT_WIDTH, y, AMOUNT_WIDTH, right, r->amount);
	y += sheet_text(s, LEFT, y, NAME_WIDTH, left, r->name);
	y += sheet_text(s, LEFT, y, NAME_WIDTH, &note, r->note);
	sheet_text(s, LEFT, y, NAME_WIDTH, &mark, r->mark);
	f->y += height + 2 * pad;
}

static void
draw_sum(struct flow *f, const struct row *r)
{
	need(f, sum_name.leading * sum_name.lines + 14);
	sheet_rule(f->sheet, LEFT, f->y, WIDTH, THICK, INK_BLACK);
	f->y += 4;
	draw_row(f, r, &sum_name, &sum_amount, false);
}

static void
draw_lines(struct flow *f, bool included)
{
	for (size_t i = 0; i < f->d->n_lines; i++)
		if (!!f->d->lines[i].included == included)
			draw_row(f, &f->d->lines[i], included ? &small_name : &name, included ? &small_amount : &amount, !included);
}

static void
draw_all(struct flow *f)
{
	const struct document *d = f->d;

	f->sheet->page = 1;
	draw_head(f);
	draw_event(f);
	for (size_t i = 0; i < d->n_seats; i++)
		draw_row(f, &d->seats[i], &name, &amount, true);
	draw_lines(f, false);
	draw_sum(f, &d->total);
	draw_lines(f, true);
	f->y += 22;
	for (size_t i = 0; i < d->n_money; i++)
		draw_row(f, &d->money[i], &name, &amount, true);
	if (*d->remains.name)
		draw_sum(f, &d->remains);
	f->y += 22;
	for (size_t i = 0; i < d->notes.n; i++) {
		need(f, sheet_height(f->sheet, WIDTH, &notes, d->notes.list[i]));
		f->y += sheet_text(f->sheet, LEFT, f->y, WIDTH, &notes, d->notes.list[i]) + 3;
	}
	draw_foot(f);
}

void
receipt_draw(struct sheet *s, const struct document *d)
{
	struct flow f = { .sheet = s, .d = d };

	s->dry = true;
	draw_all(&f);
	f.pages = s->page;
	s->dry = false;
	draw_all(&f);
}
