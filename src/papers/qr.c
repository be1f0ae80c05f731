/*
 * qr.c - one path of horizontal runs: a third of the size of a rectangle a module. Nothing of the text itself reaches the SVG but
 * the pattern, so what comes out is made of a fixed alphabet.
 */
#include "base/base.h"

#include <qrencode.h>

#include "papers/qr.h"

#define SVG_MAX (64 * KiB)

/* The modules of one row; with runs NULL they are only counted. */
static size_t
row_runs(const QRcode *code, int y, struct qr_run *runs)
{
	const unsigned char *row = code->data + (size_t)y * (size_t)code->width;
	size_t n = 0;

	for (int x = 0, end; x < code->width; x = end) {
		for (end = x + 1; end < code->width && (row[end] & 1) == (row[x] & 1); end++)
			;
		if (!(row[x] & 1))
			continue;
		if (runs)
			runs[n] = (struct qr_run){ x, y, end - x };
		n++;
	}
	return n;
}

bool
qr_make(struct arena *a, struct span text, struct qr *qr)
{
	QRcode *code = QRcode_encodeData((int)text.n, (const unsigned char *)text.p, 0, QR_ECLEVEL_M);
	size_t n = 0;

	if (!code)
		return false;
	for (int y = 0; y < code->width; y++)
		n += row_runs(code, y, NULL);
	*qr = (struct qr){ .side = code->width, .runs = ARENA_ARRAY(a, struct qr_run, n) };
	for (int y = 0; y < code->width; y++)
		qr->n += row_runs(code, y, qr->runs + qr->n);
	QRcode_free(code);
	return true;
}

bool
qr_svg(struct arena *a, struct span text, struct html_safe *svg)
{
	struct qr qr;
	struct buf b;
	int side;

	if (!qr_make(a, text, &qr))
		return false;
	side = qr.side + 2 * QR_QUIET;
	buf_init(&b, a, SVG_MAX);
	buf_fmt(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\" aria-hidden=\"true\">"
	    "<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path fill=\"#000\" d=\"", side, side, side, side);
	for (size_t i = 0; i < qr.n; i++)
		buf_fmt(&b, "M%d %dh%dv1h-%dz", qr.runs[i].x + QR_QUIET, qr.runs[i].y + QR_QUIET, qr.runs[i].n, qr.runs[i].n);
	BUF_LIT(&b, "\"/></svg>");
	svg->s = buf_view(&b);
	return !b.failed;
}
