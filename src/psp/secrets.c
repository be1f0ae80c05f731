/* secrets.c - see secrets.h. */
#include "base/base.h"

#include "psp/secrets.h"

void
secrets_read(struct secrets *s, const char *provider, struct span list)
{
	while (list.n) {
		struct span one = span_trim(span_cut(&list, ','));

		if (!one.n)
			continue;
		if (s->n == SECRETS_MAX) {
			log_error("psp.settings", "provider=%s webhook secrets beyond the first %d are not used", provider, SECRETS_MAX);
			return;
		}
		s->all[s->n++] = one;
	}
	if (!s->n)
		log_warn("psp.settings", "provider=%s no webhook secret: payments are seen only when we ask", provider);
}
