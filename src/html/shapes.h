/* shapes.h - what a word, token, address and path of a view look like; the writers print nothing else. Never NULL, may be empty. */
#ifndef FOYER_HTML_SHAPES_H
#define FOYER_HTML_SHAPES_H

bool shape_word(struct span);		/* [A-Za-z0-9 _-]* */
bool shape_token(struct span);		/* [A-Za-z0-9_-]* */
bool shape_url(struct span);		/* http:// or https:// and a host; no blanks, control bytes or backslashes */
bool shape_path(struct span);		/* one / at the beginning; likewise. Browsers read "/\" and "/<tab>/" as "//" */

#endif
