/*
 * pdf_tickets.c - three tickets a sheet, to be cut apart: each says all by itself. On the left what it is for, from the top; row and
 * seat, and small print, from the bottom; on the right the QR code. No two of these can meet: what stands in the middle gets only
 * the lines that are left.
 */
#include "base/base.h"

#include "papers/pdf_document.h"

#define A_SHEET 3
#define EDGE 30			/* above the first ticket and below the last */
#define TICKET_HEIGHT ((SHEET_HEIGHT - 2 * EDGE) / A_SHEET)
#define PAD 14			/* from the cut to the ink */
#define LEFT 42
#define QR_SIDE (46 * SHEET_MM)	/* printed at 80 % it is still wider than 35 mm */
#define QR_LEFT (SHEET_WIDTH - LEFT - QR_SIDE)
#define TEXT_WIDTH (QR_LEFT - LEFT - 30)
#define LABEL_HEIGHT (12.6 + 2)	/* with the gap below it */
#define VALUE_GAP 26
#define VALUE_MOST 100		/* the width of a row's or seat's name */
#define SECTION_DOWN 4.4	/* so that the smaller letters stand on the line of the large ones */

static const struct style house = { 9, 12.6, 1, true, INK_ACCENT, SIDE_LEFT };
static const struct style count = { 9, 12.6, 1, false, INK_MUTED, SIDE_RIGHT };
static const struct style title = { 17, 22, 2, true, INK_BLACK, SIDE_LEFT };
static const struct style when = { 11.5, 16, 1, true, INK_BLACK, SIDE_LEFT };
static const struct style about = { 10, 14, 2, false, INK_BLACK, SIDE_LEFT };
static const struct style label = { 9, 12.6, 1, false, INK_MUTED, SIDE_LEFT };
static const struct style value = { 28, 34, 1, true, INK_BLACK, SIDE_LEFT };
static const struct style section_value = { 15, 34, 1, true, INK_BLACK, SIDE_LEFT };
static const struct style section_small = { 11, 15, 2, true, INK_BLACK, SIDE_LEFT };
static const struct style price = { 10.5, 15, 1, false, INK_BLACK, SIDE_LEFT };
static const struct style kind = { 10.5, 15, 1, true, INK_BLACK, SIDE_LEFT };
static const struct style notes = { 9, 12.6, 3, false, INK_MUTED, SIDE_LEFT };
static const struct style under = { 9.5, 13.3, 1, false, INK_BLACK, SIDE_LEFT };
static const struct style under_first = { 11.5, 16, 1, true, INK_BLACK, SIDE_LEFT };

/* What is going on, where and when, in so much height. */
static void
draw_head(struct sheet *s, const struct document *d, const struct ticket_card *t, double y, double bottom)
{
	double end = y + house.leading + 5;

	sheet_text(s, LEFT, y, TEXT_WIDTH * 2 / 3, &house, d->house);
	sheet_text(s, LEFT + TEXT_WIDTH * 2 / 3, y, TEXT_WIDTH / 3, &count, t->count);
	end += sheet_text(s, LEFT, end, TEXT_WIDTH, &title, d->event) + 3;
	for (size_t i = 0; i < d->about.n; i++) {
		struct style style = i ? about : when;
		int room = (int)((bottom - end) / style.leading);

		if (room < 1)
			break;
		style.lines = style.lines < room ? style.lines : room;
		end += sheet_text(s, LEFT, end, TEXT_WIDTH, &style, d->about.list[i]);
	}
}

/* A name of a row or seat is not cut: where it is too wide for its column it gets smaller, down to what can be read. */
static struct style
value_style(struct sheet *s, const char *text)
{
	struct style style = value;
	double wide = sheet_width(s, &value, text);

	if (wide > VALUE_MOST)
		style.size *= VALUE_MOST / wide;
	if (style.size < label.size)
		style.size = label.size;
	return style;
}

/* The last one, the section, is the smaller one and has what is left of the line, or two lines there. */
static void
draw_section(struct sheet *s, const struct labelled *section, double x, double y)
{
	double width = LEFT + TEXT_WIDTH - x;

	sheet_text(s, x, y, width, &label, section->label);
	y += LABEL_HEIGHT;
	if (sheet_width(s, &section_value, section->value) < width)
		sheet_text(s, x, y + SECTION_DOWN, width, &section_value, section->value);
	else
		sheet_text(s, x, y + (value.leading - 2 * section_small.leading) / 2, width, &section_small, section->value);
}

static void
draw_place(struct sheet *s, const struct ticket_card *t, double y)
{
	double x = LEFT;

	for (size_t i = 0; i + 1 < t->n_place; i++) {
		struct style style = value_style(s, t->place[i].value);
		double wide = sheet_width(s, &style, t->place[i].value), label_wide = sheet_width(s, &label, t->place[i].label);

		wide = (wide > label_wide ? wide : label_wide) + 1;
		wide = wide < VALUE_MOST ? wide : VALUE_MOST;
		sheet_text(s, x, y, wide, &label, t->place[i].label);
		sheet_text(s, x, y + LABEL_HEIGHT, wide + 1, &style, t->place[i].value);
		x += wide + VALUE_GAP;
	}
	draw_section(s, &t->place[t->n_place - 1], x, y);
}

static void
draw_price(struct sheet *s, const struct ticket_card *t, double y)
{
	double wide = sheet_width(s, &kind, t->kind), most = TEXT_WIDTH / 2, kind_wide = wide < most ? wide + 1 : most;
	double price_wide = sheet_width(s, &price, t->price) + 1, rest = TEXT_WIDTH - (wide > 0 ? kind_wide + 16 : 0);

	price_wide = price_wide < rest ? price_wide : rest;
	sheet_text(s, LEFT, y, price_wide, &price, t->price);
	sheet_text(s, LEFT + (price_wide > 1 ? price_wide + 16 : 0), y, kind_wide, &kind, t->kind);
}

static bool
draw_code(struct sheet *s, const struct ticket_card *t, double y, double bottom)
{
	double end = y + QR_SIDE + 16;

	if (!sheet_qr(s, QR_LEFT, y, QR_SIDE, span_of(t->code)))
		return false;
	for (size_t i = 0; i < t->under.n; i++) {
		const struct style *style = i ? &under : &under_first;

		if (end + style->leading > bottom)
			break;
		end += sheet_text(s, QR_LEFT, end, QR_SIDE, style, t->under.list[i]);
	}
	return true;
}

static bool
draw_ticket(struct sheet *s, const struct document *d, const struct ticket_card *t, double y)
{
	double top = y + PAD, bottom = y + TICKET_HEIGHT - PAD;
	double notes_y = bottom - sheet_height(s, SHEET_WIDTH - 2 * LEFT, &notes, d->tickets_notes);
	double price_y = notes_y - 6 - price.leading;
	double place_y = price_y - 4 - value.leading - LABEL_HEIGHT;

	/* in the order in which it is read aloud */
	draw_head(s, d, t, top, place_y - 4);
	draw_place(s, t, place_y);
	draw_price(s, t, price_y);
	if (!draw_code(s, t, top, notes_y - 4))
		return false;
	sheet_text(s, LEFT, notes_y, SHEET_WIDTH - 2 * LEFT, &notes, d->tickets_notes);
	return true;
}

bool
tickets_draw(struct sheet *s, const struct document *d)
{
	for (size_t i = 0; i < d->n_tickets; i++) {
		double y = EDGE + (double)(i % A_SHEET) * TICKET_HEIGHT;

		if (i && i % A_SHEET == 0)
			sheet_next(s);
		if (!draw_ticket(s, d, &d->tickets[i], y))
			return false;
		if (i % A_SHEET < A_SHEET - 1)
			sheet_cut(s, y + TICKET_HEIGHT);
	}
	return true;
}
