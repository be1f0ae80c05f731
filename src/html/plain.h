/*
 * plain.h - the writer of text/plain views (mails). Nothing is escaped; control bytes are dropped and broken UTF-8 prints as
 * U+FFFD as in HTML, and a line break in a value becomes a blank, so that no value can add a line (or a header) to a mail.
 */
#ifndef FOYER_HTML_PLAIN_H
#define FOYER_HTML_PLAIN_H

#include "base/clock.h"
#include "base/money.h"

void plain_text(struct buf *, struct span);
void plain_int(struct buf *, int64_t);
void plain_money(struct buf *, struct money);
void plain_day(struct buf *, struct moment);
void plain_clock(struct buf *, struct moment);
void plain_stamp(struct buf *, struct moment);
void plain_isotime(struct buf *, struct moment);

/* A value that is not of its shape (shapes.h) is a BUG and prints nothing. */
void plain_word(struct buf *, struct span);
void plain_token(struct buf *, struct span);
void plain_url(struct buf *, struct span);
void plain_path(struct buf *, struct span);

#endif
