/* told.h - for tests of a whole stack: a push service and a gateway for texts that it is told to use, and somebody who asks both. */
#ifndef FOYER_T_TOLD_H
#define FOYER_T_TOLD_H

#include "visitor.h"

const char *told_open(int also);		/* begins them; the lines of foyer.conf that name them, and allow calls to this port, too */
void told_close(void);
/* What both got is forgotten, and this buyer wants to be told of the hold in both ways; until that is taken. */
void told_wanted(struct visitor *, const char *hold);
/* Both have told of it; again only where an answer, or the note of it, was lost. */
void told_assert(struct stack *);

#endif
