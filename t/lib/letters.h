/* letters.h - reads a mail as a mail program does, written from the RFCs (5322, 2045, 2047) and not from the code that makes them. */
#ifndef FOYER_T_LETTERS_H
#define FOYER_T_LETTERS_H

#include "base/base.h"

/* The head's lines, folded ones joined, "Name: value\n" each. */
struct span letter_head(struct arena *, struct span message);
/* One header's value with its encoded words read; empty where there is none, "twice" where there are several. */
struct span letter_header(struct arena *, struct span message, const char *name);
/* The body, decoded; line ends are "\n". */
struct span letter_body(struct arena *, struct span message);

#endif
