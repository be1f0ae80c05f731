/* programme_plan.c - a hall as a drawing: one mark is one seat wide, a row is a line, the stage or screen is above the first. */
#include "base/base.h"

#include "domain/programme_line.h"

/* A row being drawn from left to right. */
struct pen {
	struct line *line;
	struct programme_hall *hall;
	const struct plan_state *plan;
	struct span label;
	size_t part;		/* of the plan's sections */
	int column, number;
};

static bool
section_index(const struct programme_hall *h, struct span slug, size_t *index)
{
	for (size_t i = 0; i < h->n_sections; i++)
		if (span_eq(h->sections[i].slug, slug)) {
			*index = i;
			return true;
		}
	return false;
}

void
plan_sections(struct line *l, struct programme_hall *h, struct plan_state *plan)
{
	struct span names = line_word(l, "the section, or several with | between");

	plan->n = 0;
	while (!l->bad && names.n) {
		struct span slug = span_cut(&names, '|');

		if (plan->n == ARRAY_LEN(plan->sections))
			line_error(l, "at most %zu sections can stand side by side", ARRAY_LEN(plan->sections));
		else if (!section_index(h, slug, &plan->sections[plan->n++]))
			line_error(l, "there is no section \"" PRSPAN "\" above", ARGSPAN(slug));
	}
	line_end(l);
	plan->lost = l->bad;
}

void
plan_aisle(struct line *l, struct programme_hall *h, struct plan_state *plan)
{
	(void)h;
	if (plan->n == 0)
		line_error(l, "an aisle stands between rows, below a plan line");
	plan->row++;
	line_end(l);
}

static void
draw_seat(struct pen *pen, enum seat_kind kind)
{
	struct programme_hall *h = pen->hall;
	struct programme_seat *seat = PROGRAMME_ADD(pen->line->programme, h->seats, h->n_seats);

	*seat = (struct programme_seat){ .section = pen->plan->sections[pen->part], .row = pen->label, .number = pen->number,
		.plan_row = pen->plan->row, .plan_col = pen->column, .kind = kind };
	h->sections[seat->section].seats++;
	pen->number++;
	pen->column += 2;
}

static void
draw_mark(struct pen *pen, char mark)
{
	switch (mark) {
	case 'o':
		draw_seat(pen, SEAT_STANDARD);
		break;
	case 'w':
		draw_seat(pen, SEAT_WHEELCHAIR);
		break;
	case 'c':
		draw_seat(pen, SEAT_COMPANION);
		break;
	case 'r':
		draw_seat(pen, SEAT_RESTRICTED);
		break;
	case 'x':
		pen->number++;
		pen->column += 2;
		break;
	case '.':
		pen->column += 2;
		break;
	case ',':
		pen->column++;
		break;
	case '|':
		if (++pen->part == pen->plan->n)
			line_error(pen->line, "row " PRSPAN " has more | than its plan line has", ARGSPAN(pen->label));
		pen->column += 2;
		break;
	default:
		line_error(pen->line, "a row is drawn with o w c r x . , and |, not with \"%c\"", mark >= 33 && mark < 127 ? mark : 63);
	}
}

static bool
label_good(struct span label)
{
	for (size_t i = 0; i < label.n; i++)
		if (!((label.p[i] >= 'A' && label.p[i] <= 'Z') || (label.p[i] >= '0' && label.p[i] <= '9')))
			return false;
	return label.n >= 1 && label.n <= 4;
}

static void
remember_label(struct line *l, struct plan_state *plan, struct span label)
{
	for (size_t i = 0; i < plan->n_labels; i++)
		if (span_eq(plan->labels[i], label)) {
			line_error(l, "row " PRSPAN " is drawn on line %d already; a hall has each row once", ARGSPAN(label),
			    plan->label_at[i].line);
			return;
		}
	*PROGRAMME_ADD(l->programme, plan->labels, plan->n_labels) = label;
	*PROGRAMME_ADD(l->programme, plan->label_at, plan->n_label_at) = l->at;
}

void
plan_row(struct line *l, struct programme_hall *h, struct plan_state *plan)
{
	struct pen pen = { .line = l, .hall = h, .plan = plan, .column = 1, .number = 1 };
	struct span picture;
	size_t seats = h->n_seats;

	if (plan->lost)
		return;
	pen.label = line_word(l, "the row");
	if (!l->bad && !label_good(pen.label))
		line_error(l, "a row is named with 1 to 4 of A-Z and 0-9, not \"" PRSPAN "\"", ARGSPAN(pen.label));
	if (!l->bad && plan->n == 0)
		line_error(l, "a plan line that names the section must stand above the first row");
	if (line_skip(l, "from"))
		pen.number = (int)line_number(l, "the first seat's number", 1, 9999);
	picture = line_word(l, "the drawing of the row");
	line_end(l);
	if (++plan->row > PLAN_ROWS)
		line_error(l, "a hall has at most %d rows, aisles counted", PLAN_ROWS);
	if (!l->bad)
		remember_label(l, plan, pen.label);
	for (size_t i = 0; i < picture.n && !l->bad && pen.column - 1 <= PLAN_COLUMNS; i++)
		draw_mark(&pen, picture.p[i]);
	if (!l->bad && pen.column - 1 > PLAN_COLUMNS)
		line_error(l, "a row is at most %d seats wide", PLAN_COLUMNS / 2);
	if (!l->bad && pen.part + 1 < plan->n)
		line_error(l, "row " PRSPAN " has %zu | where its plan line has %zu", ARGSPAN(pen.label), pen.part, plan->n - 1);
	if (!l->bad && h->n_seats == seats)
		line_error(l, "row " PRSPAN " has no seat", ARGSPAN(pen.label));
}

/* Ids of seats are given in this order, so that a section is one range of them (sql/001). Rows of a section keep their order. */
static void
sort_by_section(struct programme *p, struct programme_hall *h)
{
	struct programme_seat *sorted = ARENA_ARRAY(p->arena, struct programme_seat, h->n_seats);
	size_t n = 0;

	for (size_t s = 0; s < h->n_sections; s++)
		for (size_t i = 0; i < h->n_seats; i++)
			if (h->seats[i].section == s)
				sorted[n++] = h->seats[i];
	h->seats = sorted;
}

void
plan_finish(struct programme *p, struct programme_hall *h)
{
	for (size_t i = 0; i < h->n_sections; i++) {
		const struct programme_section *s = &h->sections[i];

		if (s->seats == 0)
			programme_error(p, s->at, "section " PRSPAN " has no seats; a plan line must name it", ARGSPAN(s->slug));
		if (s->seats > SECTION_SEATS)
			programme_error(p, s->at, "section " PRSPAN " has %zu seats; make two of it, %d are shown at once",
			    ARGSPAN(s->slug), s->seats, SECTION_SEATS);
	}
	if (h->capacity && (size_t)h->capacity != h->n_seats)
		programme_error(p, h->at, "hall " PRSPAN " is drawn with %zu seats, its capacity says %" PRId64, ARGSPAN(h->slug),
		    h->n_seats, h->capacity);
	sort_by_section(p, h);
}
