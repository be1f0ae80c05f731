/* letters.h - reads a mail as a mail program does, written from the RFCs (5322, 2045, 2047) and not from the code that makes them. */
#ifndef FOYER_T_LETTERS_H
#define FOYER_T_LETTERS_H

#include "base/base.h"

/* The head's lines, folded ones joined, "Name: value\n" each. */
struct span letter_head(struct arena *, struct span message);
/* One header's value with its encoded words read; empty where there is none, "twice" where there are several. */
struct span letter_header(struct arena *, struct span message, const char *name);
/* One part of a message, head and all: the nth (from 0) of a type, "text/plain", however deep; empty where there is none. */
struct span letter_part(struct arena *, struct span message, const char *type, size_t nth);
/* What is in a part, decoded; of text the line ends are "\n". */
struct span letter_content(struct arena *, struct span part);
/* The words: what is in its first text/plain. */
struct span letter_body(struct arena *, struct span message);

#endif
