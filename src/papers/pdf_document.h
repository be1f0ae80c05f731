/* pdf_document.h - a document of pdf.h, read and checked. Internal to papers/pdf*.c. Texts are NUL-terminated UTF-8 and never NULL. */
#ifndef FOYER_PAPERS_PDF_DOCUMENT_H
#define FOYER_PAPERS_PDF_DOCUMENT_H

#include "papers/pdf_sheet.h"

#define ABOUT_MAX 6
#define PLACE_MAX 3
#define UNDER_MAX 4
#define SELLER_MAX 10
#define FACTS_MAX 12
#define NOTES_MAX 8
#define ROWS_MAX 60

struct labelled {
	const char *label, *value;
};

struct texts {
	const char **list;
	size_t n;
};

struct row {
	const char *name, *note, *mark, *amount;
	int included;
};

struct ticket_card {
	const char *count, *price, *kind, *code;
	struct labelled place[PLACE_MAX];
	size_t n_place;
	struct texts under;
};

struct document {
	struct sheet_facts facts;
	const char *event;
	struct texts about;
	/* tickets */
	const char *house, *tickets_notes;
	struct ticket_card *tickets;
	size_t n_tickets;
	/* receipt */
	const char *heading;
	struct texts seller, notes;
	struct labelled *facts_list;
	size_t n_facts;
	struct row *seats, *lines, *money;
	size_t n_seats, n_lines, n_money;
	struct row total, remains;
};

/* A code that fits no QR code: false. */
bool tickets_draw(struct sheet *, const struct document *);
void receipt_draw(struct sheet *, const struct document *);

#endif
