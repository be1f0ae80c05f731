/* qr.h - a QR code as SVG: dark on a white plate with the quiet zone that readers need, also on a dark page. */
#ifndef FOYER_PAPERS_QR_H
#define FOYER_PAPERS_QR_H

#include "html/html.h"

#define QR_QUIET 4	/* modules around it (ISO/IEC 18004, 5.3.8) */

/* Error correction M. Its accessible name is the words around it: the picture itself is hidden from readers. False: too long. */
bool qr_svg(struct arena *, struct span text, struct html_safe *svg);

#endif
