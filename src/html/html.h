/*
 * html.h - the HTML writer that generated views print with: one function a type, each of which escapes. It must never offer a
 * way to print a value as it is; struct html_safe is the one exception, and a grep for html_safe is the audit.
 * Errors are sticky in the buffer: when the page is done, the caller checks out->buf.failed once.
 */
#ifndef FOYER_HTML_HTML_H
#define FOYER_HTML_HTML_H

#include "base/clock.h"
#include "base/money.h"

struct html {
	struct buf buf;
};

/* HTML that our own code made from a fixed alphabet (a QR code's SVG), never from anybody's words. */
struct html_safe {
	struct span s;
};

void html_init(struct html *, struct arena *, size_t max);

/*
 * For element text and quoted attributes. The five escapes; control bytes but tab and line break are dropped; each byte that
 * is no UTF-8 prints as U+FFFD.
 */
void html_text(struct html *, struct span);
void html_int(struct html *, int64_t);
void html_money(struct html *, struct money);
void html_day(struct html *, struct moment);
void html_clock(struct html *, struct moment);
void html_stamp(struct html *, struct moment);
void html_isotime(struct html *, struct moment);

/* A value that is not of its shape (shapes.h) is a BUG and prints nothing. */
void html_word(struct html *, struct span);
void html_token(struct html *, struct span);
void html_url(struct html *, struct span);
void html_path(struct html *, struct span);

/* Within an address, after its fixed beginning: everything but letters, digits and -._~@ as %XX (RFC 3986, 2.1). */
void html_percent(struct html *, struct span);

void html_safe_raw(struct html *, struct html_safe);

/* Literal text of a template. */
#define html_literal(out, literal) buf_bytes(&(out)->buf, "" literal, sizeof(literal) - 1)

/* A static file under the name that carries its hash: "seats.css" -> "/static/seats.3f9a….css". */
struct asset {
	const char *name, *path;
};

void html_assets_set(const struct asset *, size_t n);	/* once, at start; the table is kept, not copied */
/* Without a table "/static/" and the plain name; one that is not in the table is a BUG and prints like that too. */
void html_asset(struct html *, const char *name);
/* The same for a name that is known at run time only (a poster); empty if the table does not have it. */
struct span asset_path(struct arena *, struct span name);

#endif
