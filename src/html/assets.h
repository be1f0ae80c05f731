/* assets.h - the names that static files were installed under. */
#ifndef FOYER_HTML_ASSETS_H
#define FOYER_HTML_ASSETS_H

#include "html/html.h"

/*
 * Reads lines "seats.css<tab>/static/seats.3f9a0c11.css" (static/hash.sh) and gives them to html_assets_set(); the arena must live as long as pages are made.
 * An empty path: plain names. False, with the reason logged and the table as it was, for a file that cannot be used.
 */
bool assets_read(struct arena *, const char *path);

#endif
