/*
 * documents.h - what foyer-paper draws, composed from what the domain knows: all words, times and amounts, and nothing about how it
 * looks (pdf.h says what a document is made of). Pages show these, and mail can carry them.
 */
#ifndef FOYER_PAPERS_DOCUMENTS_H
#define FOYER_PAPERS_DOCUMENTS_H

#include "base/crypto.h"
#include "base/settings.h"
#include "domain/bookings.h"
#include "domain/catalog.h"
#include "domain/charges.h"
#include "domain/money_paid.h"

struct tickets_paper {
	const struct settings *settings;	/* house_name, ticket_key_id */
	const struct signing_key *key;
	const struct booking *booking;
	const struct show *show;
};

/* The live tickets of a booking; empty where there is none: cancelled ones are not printed. */
struct span tickets_document(struct arena *, const struct tickets_paper *);

/* One sum of a receipt that has a name: a fee, a tax. */
struct paper_line {
	struct span name;
	struct money amount;
	bool included;		/* it is in the prices above already, and only told ("of which"); else it is added to them */
};

struct receipt_paper {
	const struct settings *settings;	/* seller_name, seller_address, seller_tax_id, house_name */
	const struct booking *booking;
	const struct show *show;
	const struct paper_line *lines;		/* with the seats' own prices, those that are not included make the booking's total */
	size_t n_lines;
	const struct money_paid *paid;
	size_t n_paid;
};

/* All tickets, cancelled ones marked. */
struct span receipt_document(struct arena *, const struct receipt_paper *);
/* A booking's fees and taxes as such lines: "VAT 20 %". */
size_t paper_lines(struct arena *, const struct booking *, const struct charge_lines *, struct paper_line **lines);

#endif
