/*
 * qr.c - one path of horizontal runs: a third of the size of a rectangle a module. Nothing of the text itself reaches the SVG but
 * the pattern, so what comes out is made of a fixed alphabet.
 */
#include "base/base.h"

#include <qrencode.h>

#include "papers/qr.h"

#define SVG_MAX (64 * KiB)

static void
runs(struct buf *b, const QRcode *code)
{
	for (int y = 0; y < code->width; y++) {
		const unsigned char *row = code->data + (size_t)y * (size_t)code->width;

		for (int x = 0, end; x < code->width; x = end) {
			for (end = x + 1; end < code->width && (row[end] & 1) == (row[x] & 1); end++)
				;
			if (row[x] & 1)
				buf_fmt(b, "M%d %dh%dv1h-%dz", x + QR_QUIET, y + QR_QUIET, end - x, end - x);
		}
	}
}

bool
qr_svg(struct arena *a, struct span text, struct html_safe *svg)
{
	QRcode *code = QRcode_encodeData((int)text.n, (const unsigned char *)text.p, 0, QR_ECLEVEL_M);
	struct buf b;
	int side;

	if (!code)
		return false;
	side = code->width + 2 * QR_QUIET;
	buf_init(&b, a, SVG_MAX);
	buf_fmt(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\" aria-hidden=\"true\">"
	    "<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path fill=\"#000\" d=\"", side, side, side, side);
	runs(&b, code);
	BUF_LIT(&b, "\"/></svg>");
	QRcode_free(code);
	svg->s = buf_view(&b);
	return !b.failed;
}
