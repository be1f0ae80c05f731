/*
 * pdf_sheet.h - sheets of A4, in points from the upper left corner, and what can be put there. Internal to papers/pdf*.c, the only
 * files that know cairo and pango.
 *
 * Text is anybody's. It stays within its box whatever it is: control and direction characters are dropped, it is laid out in lines
 * of one height for all scripts, cut with an ellipsis after as many as its style allows, and nothing is painted outside. What is cut
 * off stays in the file for those who search, copy or listen.
 */
#ifndef FOYER_PAPERS_PDF_SHEET_H
#define FOYER_PAPERS_PDF_SHEET_H

#include <cairo.h>
#include <pango/pango.h>

#define SHEET_WIDTH 595.28
#define SHEET_HEIGHT 841.89
#define SHEET_MM (72 / 25.4)

enum ink { INK_BLACK, INK_MUTED, INK_ACCENT, INK_LINE };
enum side { SIDE_LEFT, SIDE_RIGHT };

struct style {
	double size, leading;	/* points; leading: from line to line */
	int lines;		/* at most */
	bool bold;
	enum ink ink;
	enum side side;
};

struct sheet {
	struct arena *arena;
	cairo_surface_t *surface;
	cairo_t *cr;
	PangoLayout *layout;
	bool dry;		/* nothing is painted, only measured */
	int page;		/* from 1 */
	int unknown;		/* characters that no font has */
};

struct sheet_facts {
	const char *title, *author, *made;	/* made: UTC, "2026-11-21T19:30:00Z" */
};

void sheet_open(struct sheet *, struct arena *, struct buf *pdf, const struct sheet_facts *);
/* False, with a reason for the log, where cairo gave up. Frees everything. */
bool sheet_close(struct sheet *, const char **why);
void sheet_next(struct sheet *);	/* a new page */

/* Puts the text's upper left corner at x, y; returns the height of its lines, 0 for an empty text. */
double sheet_text(struct sheet *, double x, double y, double width, const struct style *, const char *text);
/* What it would need: the height for this width, and the width if it had one line. */
double sheet_height(struct sheet *, double width, const struct style *, const char *text);
double sheet_width(struct sheet *, const struct style *, const char *text);

void sheet_rule(struct sheet *, double x, double y, double width, double thickness, enum ink);
void sheet_cut(struct sheet *, double y);	/* where scissors go: a dashed line from edge to edge */
/* Black on a white plate with the quiet zone, which stands out over the square of this side. False: the text fits no QR code. */
bool sheet_qr(struct sheet *, double x, double y, double side, struct span text);

#endif
