/* secrets.h - what a provider signs its messages with: several secrets while one is being changed. */
#ifndef FOYER_PSP_SECRETS_H
#define FOYER_PSP_SECRETS_H

#define SECRETS_MAX 8

struct secrets {
	struct span all[SECRETS_MAX];
	size_t n;
};

/* From a setting: commas between them. Logged, in the provider's name: more than there is room for, and none at all. */
void secrets_read(struct secrets *, const char *provider, struct span list);

#endif
