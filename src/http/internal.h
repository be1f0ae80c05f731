/* internal.h - what the files of src/http share with each other and with their tests. */
#ifndef FOYER_HTTP_INTERNAL_H
#define FOYER_HTTP_INTERNAL_H

#include "http/http.h"

/* Both 0, or the error status with rq->why set. */
int request_read_line(struct request *);	/* method, path, query and id out of the CGI variables */
int request_read_form(struct request *);	/* rq->body into rq->form */

/* "%41+b" -> "A b" (plus: '+' means a blank). A % without two hex digits stands for itself, as browsers have it. */
struct span percent_decoded(struct arena *, struct span, bool plus);
struct span field_value(const struct fields *, const char *name);

/* Does the path have the pattern's shape? Its {parts} go into *in_path, whose list has room for PATTERN_PARTS. */
#define PATTERN_PARTS 4
bool pattern_match(const char *pattern, struct span path, struct fields *in_path);
size_t pattern_literals(const char *pattern);	/* bytes outside {}: of two patterns that match, the one with more is meant */
bool pattern_sound(const char *pattern);

/* The cross-site rule of design.md 6 for an unsafe method. */
bool same_site(struct request *, const char *base_url);

/* The page, or the line of text, that an error status shows. */
void error_page(struct response *, int status);
const char *status_words(int status);		/* "Not Found" */

/* All that goes out before the body, Status line first. */
void response_head(const struct response *, int status, struct buf *out);

#endif
