/*
 * words.h - the words on papers; words.def holds them all, so that a second language is a second file. Each "{}" stands for one
 * value, in the order they are given.
 */
#ifndef FOYER_PAPERS_WORDS_H
#define FOYER_PAPERS_WORDS_H

enum paper_word {
#define W(name, text) W_##name,
#include "papers/words.def"
#undef W
	PAPER_WORDS
};

struct span paper_word(enum paper_word);
struct span paper_words(struct arena *, enum paper_word, struct span first, struct span second);	/* second: empty where there is one gap */

#endif
