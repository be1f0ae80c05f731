/* sheets.h - looking at a PDF as its readers do, with the tools of poppler and zbar: its words, its fonts, its picture, its codes. */
#ifndef FOYER_T_SHEETS_H
#define FOYER_T_SHEETS_H

#include "base/base.h"

struct sheets {
	struct arena *arena;
	char folder[64];	/* of its own; commands run in it */
};

/* Before any test: ends the program with 77, "skipped", where a tool is missing. */
void sheets_need(void);
void sheets_open(struct sheets *, struct arena *);
void sheets_close(struct sheets *);
void sheets_put(struct sheets *, const char *name, struct span bytes);	/* a file in the folder */
struct span sheets_get(struct sheets *, const char *name);
/* What a shell command prints. */
const char *sheets_ask(struct sheets *, const char *command);
/* These look at paper.pdf. All white space is one blank. */
const char *sheets_words(struct sheets *);
int sheets_pages(struct sheets *);
/* What the QR codes say, one a line, sorted; dots: an inch. */
const char *sheets_codes(struct sheets *, int dots);

#endif
