/*
 * letters.h - what is written to whom because of an event. A letter is words for people, text and HTML, and what goes with them; how
 * that becomes a mail is message.h's. Its words stand in templates/mail: NAME.txt, whose first line is "Subject: …", and its twin
 * NAME.html with the same view (src/tools/tmplc.c); partials for the head and foot of all letters are there.
 *
 * To add one: the two templates, a writer (letters_booking.c, letters_money.c …: what it is about), and its row in letters.def.
 */
#ifndef FOYER_RELAY_LETTERS_H
#define FOYER_RELAY_LETTERS_H

#include "domain/bookings.h"
#include "domain/catalog.h"
#include "domain/reach_sent.h"
#include "html/html.h"
#include "relay/mail.h"
#include "relay/message.h"

#define LETTER_PARTS 64

struct letter {
	struct span to;
	struct span text, html;
	struct message_part shown[LETTER_PARTS], attached[4];
	size_t n_shown, n_attached;
	bool bare;			/* neither tickets nor money in it: an address gets so many a day and no more */
};

enum letter_end {
	LETTER_WRITTEN,
	LETTER_NONE,			/* there is nothing to say any more: *why */
	LETTER_LATER,			/* what it tells of cannot be read now: *why */
	LETTER_WRONG,			/* what it tells of is not there: *why */
};

extern const char *const letter_types[];	/* the events that make letters */
extern const size_t n_letter_types;

enum letter_end letter_write(struct mail *, const struct delivery *, struct letter *, struct span *why);

/* -- for writers ------------------------------------------------------------------------------------------------------------- */

/*
 * A writer tells how things stand when it writes, not when its event was: it reads them, fills the view, and ends with
 *	return LETTER_PRINT(m, letter, NAME, email, &view);
 * or with letter_none(), letter_later(). It runs outside of transactions; memory is the mail's arena, which is the batch's. *letter is
 * empty when it begins; what it adds to shown and attached goes with the mail.
 */
typedef enum letter_end letter_writer(struct mail *, const struct delivery *, struct letter *, struct span *why);
#define L(type, writer) letter_writer writer;
#include "relay/letters.def"
#undef L

#define LETTER_TEXT_MAX (64 * KiB)
#define LETTER_HTML_MAX (256 * KiB)

/* Both halves of the letter `name` (views/name.h), to this address. */
#define LETTER_PRINT(m, letter, name, email, view) __extension__({ \
	struct buf text_; \
	struct html html_; \
	buf_init(&text_, (m)->arena, LETTER_TEXT_MAX); \
	html_init(&html_, (m)->arena, LETTER_HTML_MAX); \
	name##_text(&text_, (view)); \
	name##_html(&html_, (view)); \
	letter_printed((letter), (email), &text_, &html_); \
})
enum letter_end letter_printed(struct letter *, struct span to, const struct buf *text, const struct html *);

/* There is nothing to say any more, and these words say why, for the operators. */
enum letter_end letter_none(struct span *why, struct span words);
/* Why nothing can be written now: an outcome that is not OK of reading `what`. */
enum letter_end letter_later(struct mail *, enum outcome, const char *what, struct span *why);

/* The booking that an event is about, and its show; and where its tickets are. */
enum outcome letter_booking(struct mail *, const struct delivery *, struct booking *, struct show *);
struct span letter_booking_link(struct mail *, const struct booking *);
struct span letter_house(const struct mail *);		/* who writes */
/* What is noted of it once it is sent; `to` may be nobody. */
struct reach letter_reach(const struct mail *, const struct delivery *, struct span to);
/* A whole address of the site: "/bookings/" and a token. */
struct span letter_link(struct mail *, const char *path, enum token_kind, int64_t show, int64_t id, int generation);

#endif
