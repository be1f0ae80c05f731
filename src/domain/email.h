/* email.h - an e-mail address as far as we look at it: whether mail to it could be sent, and how to show it half hidden. */
#ifndef FOYER_DOMAIN_EMAIL_H
#define FOYER_DOMAIN_EMAIL_H

#define EMAIL_MAX 254		/* bytes: RFC 5321, 4.5.3.1.3, less the angle brackets */

/* One @ with something before it and a name with a dot behind it; nothing that means something in a message's header. */
bool email_plausible(struct span);
struct span email_hint(struct arena *, struct span);	/* "ana@example.org" -> "a…@example.org" */

#endif
