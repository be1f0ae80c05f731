/*
 * pdf_sheet.c - see pdf_sheet.h. Pango chooses fonts, shapes and breaks lines; cairo embeds what was used of each font and keeps the
 * text readable for search, copying and readers aloud.
 */
#include "base/base.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include "html/utf8.h"
#include "papers/pdf_sheet.h"
#include "papers/qr.h"

/* Each script has the first of these that has its letters; after them, whatever the machine has. */
#define FAMILIES "Noto Sans,DejaVu Sans,Noto Sans Devanagari,Noto Sans CJK JP"
#define TEXT_MAX 2000		/* bytes that are looked at: more would never fit */
#define BLEED 2			/* accents may reach so far out of their lines */

static cairo_status_t
keep(void *closure, const unsigned char *p, unsigned n)
{
	struct buf *pdf = closure;

	buf_bytes(pdf, p, n);
	return pdf->failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static void
facts_set(cairo_surface_t *surface, const struct sheet_facts *f)
{
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, f->title);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, f->author);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, f->made);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, f->made);
}

/* As on paper, not as on a screen: nothing is moved to whole pixels. */
static void
layout_make(struct sheet *s)
{
	cairo_font_options_t *exact = cairo_font_options_create();
	PangoContext *context;

	cairo_font_options_set_hint_style(exact, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(exact, CAIRO_HINT_METRICS_OFF);
	s->layout = pango_cairo_create_layout(s->cr);
	context = pango_layout_get_context(s->layout);
	pango_cairo_context_set_font_options(context, exact);
	pango_context_set_round_glyph_positions(context, FALSE);
	pango_context_set_language(context, pango_language_from_string("en"));
	pango_context_set_base_dir(context, PANGO_DIRECTION_LTR);
	pango_layout_set_auto_dir(s->layout, FALSE);	/* a column of prices stays a column */
	pango_layout_set_single_paragraph_mode(s->layout, TRUE);
	pango_layout_set_wrap(s->layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_ellipsize(s->layout, PANGO_ELLIPSIZE_END);
	cairo_font_options_destroy(exact);
}

void
sheet_open(struct sheet *s, struct arena *a, struct buf *pdf, const struct sheet_facts *facts)
{
	*s = (struct sheet){ .arena = a, .page = 1 };
	s->surface = cairo_pdf_surface_create_for_stream(keep, pdf, SHEET_WIDTH, SHEET_HEIGHT);
	facts_set(s->surface, facts);
	s->cr = cairo_create(s->surface);
	layout_make(s);
}

bool
sheet_close(struct sheet *s, const char **why)
{
	cairo_status_t status = cairo_status(s->cr);

	g_object_unref(s->layout);
	cairo_destroy(s->cr);
	cairo_surface_finish(s->surface);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(s->surface);
	cairo_surface_destroy(s->surface);
	*why = cairo_status_to_string(status);
	return status == CAIRO_STATUS_SUCCESS;
}

void
sheet_next(struct sheet *s)
{
	if (!s->dry)
		cairo_show_page(s->cr);
	s->page++;
}

/* -- text ------------------------------------------------------------------------------------------------------------------ */

/* U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069: they would turn lines around, or break them where we do not look for it. */
static bool
steers(const unsigned char *p, size_t n)
{
	if (n != 3 || p[0] != 0xe2)
		return false;
	return (p[1] == 0x80 && (p[2] == 0x8e || p[2] == 0x8f || (p[2] >= 0xa8 && p[2] <= 0xae))) ||
	    (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9);
}

/* One line of printable characters, no more than could ever be printed. */
static const char *
clean(struct arena *a, const char *text)
{
	size_t left = strnlen(text, TEXT_MAX);
	const unsigned char *p = (const unsigned char *)text;
	struct buf b;

	while (left && (p[left] & 0xc0) == 0x80)	/* no character is cut in two */
		left--;
	buf_init(&b, a, 3 * TEXT_MAX);
	while (left) {
		size_t n = *p < 0x80 ? 1 : utf8_printable(p, left);

		if (!n)
			n = utf8_replace(&b, p, left);
		else if (n == 1)
			buf_byte(&b, *p < 0x20 || *p == 0x7f ? ' ' : (char)*p);
		else if (!steers(p, n))
			buf_bytes(&b, p, n);
		p += n;
		left -= n;
	}
	return b.p;
}

static void
style_set(struct sheet *s, const struct style *style)
{
	PangoFontDescription *font = pango_font_description_new();
	PangoAttrList *list = pango_attr_list_new();

	pango_font_description_set_family(font, FAMILIES);
	pango_font_description_set_weight(font, style->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_font_description_set_absolute_size(font, style->size * PANGO_SCALE);
	pango_layout_set_font_description(s->layout, font);
	pango_attr_list_insert(list, pango_attr_line_height_new_absolute((int)(style->leading * PANGO_SCALE)));
	pango_attr_list_insert(list, pango_attr_insert_hyphens_new(FALSE));
	pango_layout_set_attributes(s->layout, list);
	pango_layout_set_alignment(s->layout, style->side == SIDE_RIGHT ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
	pango_layout_set_height(s->layout, -style->lines);
	pango_attr_list_unref(list);
	pango_font_description_free(font);
}

/* Lays the text out; the height of its lines. */
static double
lay(struct sheet *s, double width, const struct style *style, const char *text)
{
	int lines;

	if (!*text)
		return 0;
	style_set(s, style);
	pango_layout_set_width(s->layout, width < 0 ? -1 : (int)(width * PANGO_SCALE));
	pango_layout_set_text(s->layout, clean(s->arena, text), -1);
	lines = pango_layout_get_line_count(s->layout);
	return (lines < style->lines ? lines : style->lines) * style->leading;
}

static void
ink_set(struct sheet *s, enum ink ink)
{
	static const double rgb[][3] = { [INK_BLACK] = { 0, 0, 0 }, [INK_MUTED] = { 0.33, 0.31, 0.37 },
		[INK_ACCENT] = { 0.36, 0.16, 0.53 }, [INK_LINE] = { 0.72, 0.7, 0.75 } };

	cairo_set_source_rgb(s->cr, rgb[ink][0], rgb[ink][1], rgb[ink][2]);
}

double
sheet_text(struct sheet *s, double x, double y, double width, const struct style *style, const char *text)
{
	double height = lay(s, width, style, text);

	if (height == 0 || s->dry)
		return height;
	s->unknown += pango_layout_get_unknown_glyphs_count(s->layout);
	cairo_save(s->cr);
	cairo_rectangle(s->cr, x - BLEED, y - BLEED, width + 2 * BLEED, height + 2 * BLEED);
	cairo_clip(s->cr);
	ink_set(s, style->ink);
	cairo_move_to(s->cr, x, y);
	pango_cairo_show_layout(s->cr, s->layout);
	cairo_restore(s->cr);
	return height;
}

double
sheet_height(struct sheet *s, double width, const struct style *style, const char *text)
{
	return lay(s, width, style, text);
}

double
sheet_width(struct sheet *s, const struct style *style, const char *text)
{
	int width;

	if (lay(s, -1, style, text) == 0)
		return 0;
	pango_layout_get_size(s->layout, &width, NULL);
	return (double)width / PANGO_SCALE;
}

/* -- lines and squares ------------------------------------------------------------------------------------------------------- */

void
sheet_rule(struct sheet *s, double x, double y, double width, double thickness, enum ink ink)
{
	if (s->dry)
		return;
	ink_set(s, ink);
	cairo_rectangle(s->cr, x, y - thickness / 2, width, thickness);
	cairo_fill(s->cr);
}

void
sheet_cut(struct sheet *s, double y)
{
	static const double dash[] = { 4, 4 };

	ink_set(s, INK_LINE);
	cairo_set_line_width(s->cr, 0.6);
	cairo_set_dash(s->cr, dash, ARRAY_LEN(dash), 0);
	cairo_move_to(s->cr, 0, y);
	cairo_line_to(s->cr, SHEET_WIDTH, y);
	cairo_stroke(s->cr);
	cairo_set_dash(s->cr, NULL, 0, 0);
}

bool
sheet_qr(struct sheet *s, double x, double y, double side, struct span text)
{
	struct qr qr;
	double module, quiet;

	if (!qr_make(s->arena, text, &qr))
		return false;
	module = side / qr.side;
	quiet = QR_QUIET * module;
	cairo_set_source_rgb(s->cr, 1, 1, 1);
	cairo_rectangle(s->cr, x - quiet, y - quiet, side + 2 * quiet, side + 2 * quiet);
	cairo_fill(s->cr);
	/* One path, filled once: neighbouring rows show no seam however it is drawn. */
	for (size_t i = 0; i < qr.n; i++)
		cairo_rectangle(s->cr, x + qr.runs[i].x * module, y + qr.runs[i].y * module, qr.runs[i].n * module, module);
	ink_set(s, INK_BLACK);
	cairo_fill(s->cr);
	return true;
}
