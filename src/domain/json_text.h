/* json_text.h - one text as a JSON string, quoted and escaped, for the tables that go to the database as JSON. */
#ifndef FOYER_DOMAIN_JSON_TEXT_H
#define FOYER_DOMAIN_JSON_TEXT_H

void json_text(struct buf *, struct span utf8);

#endif
