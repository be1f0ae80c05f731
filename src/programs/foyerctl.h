/* foyerctl.h - what the files of the operator's tool share. */
#ifndef FOYER_PROGRAMS_FOYERCTL_H
#define FOYER_PROGRAMS_FOYERCTL_H

#include "base/settings.h"
#include "db/db.h"

enum { DONE, NO, USAGE, IMPOSSIBLE };		/* exit codes */

struct call {
	struct arena *arena;
	const char *config;			/* path of the configuration */
	const struct settings *settings;	/* NULL, like db, for a command that needs none */
	struct db *db;
	char **args;
	int n_args;
};

int ctl_usage(const char *what);		/* says it, and is USAGE */
int ctl_print(const struct buf *);

/* foyerctl_hooks.c */
int ctl_hooks(struct call *);
/* foyerctl_kafka.c */
int ctl_kafka(struct call *);
/* foyerctl_money.c */
int ctl_reconcile(struct call *);
int ctl_attention(struct call *);
int ctl_provider(struct call *);
int ctl_cancel(struct call *);
int ctl_refund(struct call *);
/* foyerctl_outbox.c */
int ctl_outbox(struct call *);
/* foyerctl_report.c */
int ctl_report(struct call *);
int ctl_report_anew(struct call *);		/* the report from all events there are, and says so */
/* foyerctl_show.c */
int ctl_show(struct call *);
/* foyerctl_webhook.c */
int ctl_webhook(struct call *);

#endif
