/*
 * pdf.h - draws a document of papers/documents.h as PDF: tickets with their QR codes, or a receipt. For foyer-paper alone, so that
 * no other program links what draws. It has no words of its own, asks no clock and no database: the same document makes the same
 * bytes.
 *
 * A document is one JSON object with exactly these keys. All texts are UTF-8 and finished, labels and amounts too; one may be empty,
 * and one that does not fit is wrapped, then cut with an ellipsis. What is missing, unknown or of another kind is refused.
 *
 *	both	paper: "tickets" or "receipt";  made: "2026-11-21T19:30:00Z";  title, author: of the file
 *		event: a text;  about: 1-6 texts, of tickets the first stands out
 *	tickets	house, notes: texts;  tickets: 1-60 of { count, place: 1-3 of { label, value }, price, kind, code, under: 0-4 texts }
 *		code is what the QR code says; the first of `under` stands out
 *	receipt	heading;  seller: 1-10 texts;  facts: 0-12 of { label, value };  notes: 0-8 texts
 *		seats, money: 0-60 of { name, note, mark, amount }
 *		lines: 0-60 of { name, amount, included }, included: it is part of the prices above already
 *		total, remains: { name, amount }; a remains without name is left out
 */
#ifndef FOYER_PAPERS_PDF_H
#define FOYER_PAPERS_PDF_H

#define PDF_DOCUMENT_MAX (256 * KiB)

/*
 * False: *why says what is wrong with the document (never with words of it), or that it grew beyond the buffer. True: it may still
 * say what is not as it should be on this machine; mostly it is empty.
 */
bool pdf_print(struct arena *, struct span json, struct buf *pdf, struct span *why);

#endif
