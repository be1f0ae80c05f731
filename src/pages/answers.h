/* answers.h - from the domain's outcomes to HTTP: the status of each, in one place, and a page for what has words of its own. */
#ifndef FOYER_PAGES_ANSWERS_H
#define FOYER_PAGES_ANSWERS_H

#include "flows/flows.h"
#include "http/http.h"

int outcome_status(enum outcome);

/* The status, and the sentence that belongs to the outcome where the status alone would say too little. */
int answer(struct response *, enum outcome);

struct notice {
	int status;
	struct span heading, message;
	struct span button, button_path;	/* empty: to what is on */
};
/* A page that says one thing and has one button. Returns its status. */
int notice_page(struct response *, const struct notice *);

struct flow flow_of(struct request *);

#endif
