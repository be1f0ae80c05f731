/*
 * logs.h - no log may have a token, a cookie, a secret, or what people type. Visitors remember the tokens they are given by themselves;
 * at the end of a program logs_clean() looks for all of them in every log of the stack.
 */
#ifndef FOYER_T_LOGS_H
#define FOYER_T_LOGS_H

#include "stack.h"

void logs_notice(struct stack *, struct span text);		/* remembers each of our tokens in it, up to some thousands */
void logs_forget(void);					/* what belonged to a stack that is closed */
void logs_never(struct stack *, const char *words);		/* must not be logged either */
size_t logs_remembered(void);

/* False if a log has one of them, or one of the stack's secrets; which file and what is printed. Waits for nginx to write its log. */
bool logs_clean(struct stack *);
/* Lines of FOYER_VAR/log/NAME that have both words; more may be NULL. */
int logs_lines(struct stack *, const char *name, const char *words, const char *more);
struct span log_text(struct stack *, const char *name);		/* the whole of it, empty where there is none */

#endif
