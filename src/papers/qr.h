/* qr.h - a QR code as runs of dark modules, and as SVG: dark on a white plate with the quiet zone, also on a dark page. */
#ifndef FOYER_PAPERS_QR_H
#define FOYER_PAPERS_QR_H

#include "html/html.h"

#define QR_QUIET 4	/* modules around it (ISO/IEC 18004, 5.3.8) */

struct qr_run {
	int x, y, n;		/* n dark modules to the right of x, in row y; both from 0, without the quiet zone */
};

struct qr {
	int side;		/* modules, without the quiet zone */
	struct qr_run *runs;
	size_t n;
};

/* Error correction M. False: the text is empty or too long. */
bool qr_make(struct arena *, struct span text, struct qr *);
/* Its accessible name is the words around it: the picture itself is hidden from readers. */
bool qr_svg(struct arena *, struct span text, struct html_safe *svg);

struct qr_picture {
	struct span png;
	int side;		/* modules, with the quiet zone */
};
/* A picture of `dot` pixels a module (qr_png.c), for those who show no SVG. */
bool qr_png(struct arena *, struct span text, int dot, struct qr_picture *);

#endif
