/*
 * house.h - a stack with two halls and a buyer in the middle of things, against which bad requests are tried: after each the database
 * must be what it was, and no worker lost.
 */
#ifndef FOYER_T_HOUSE_H
#define FOYER_T_HOUSE_H

#include "buyer.h"

struct house {
	struct stack stack;
	struct visitor *ann, *bob, *nobody;	/* ann has tickets and a hold, bob a hold, nobody no cookie */
	int64_t show, quick_show, far_show;	/* theirs; another one of the same hall; one of the other hall */
	const char *hold, *booking, *came_back;	/* ann's: "/holds/…", "/bookings/…", "/pay/return/…" */
	const char *database;			/* as it was when the test began, as checksums */
};

struct input {
	const char *sent;	/* a form, or a path */
	int status;
	const char *says;	/* words of the answer */
};

void house_open(struct house *);
void house_look(struct house *);	/* from here on nothing may change: after what a test itself does rightfully */
/* Setup and teardown of each test; *state is the house. */
int house_before_test(void **state);
int house_after_test(void **state);

/* One request as it is written, byte for byte: what libcurl would not send. It must make the site close the connection. */
struct page house_wire(struct house *, struct span request);

/* A page of ours, not to be cached, without a cookie, that has these words; `sent` is for whoever reads the failure. */
void assert_refused(struct page, const char *sent, int status, const char *says);
void assert_forms_refused(struct visitor *, const char *path, const struct input *, size_t n);
void assert_pages_refused(struct visitor *, const struct input *, size_t n);

#endif
