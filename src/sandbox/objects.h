/* objects.h - the provider's objects, complete as its schema wants them. Each returns a new reference; amounts are minor units. */
#ifndef FOYER_SANDBOX_OBJECTS_H
#define FOYER_SANDBOX_OBJECTS_H

#include <jansson.h>

json_t *object_session(void);		/* every member, null or empty; the caller fills what it knows */
json_t *object_customer_details(struct span email);
json_t *object_line(const json_t *asked, int64_t now_s);	/* one line item of the tree of a create call */
json_t *object_intent(const json_t *intent);			/* from a record of the store */
json_t *object_refund(const json_t *intent, int64_t amount, int64_t now_s);
json_t *object_dispute(const json_t *intent, int64_t now_s);
/* Takes data and url's copy; newest first is the caller's business. */
json_t *object_list(json_t *data, const char *url, bool more);

#endif
