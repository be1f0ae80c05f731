/* tidy.c - see tidy.h. */
#include "base/base.h"

#include "domain/tidy.h"

/* A buyer's cookie lives for a year; what they bought stays readable by its link and reference for as long as the show is kept. */
STATEMENT(old_buyer_shows, DIRECTORY, "", "DELETE FROM buyer_shows WHERE at < TIMESTAMPADD(DAY, -400, UTC_TIMESTAMP(3)) LIMIT 500");
/* Longer than any provider may take to say that a hold was paid after all. */
STATEMENT(old_browsers, SCATTER, "", "DELETE FROM push_browsers WHERE created_at < TIMESTAMPADD(DAY, -4, UTC_TIMESTAMP(3)) LIMIT 500");
STATEMENT(old_phones, SCATTER, "", "DELETE FROM buyer_phones WHERE created_at < TIMESTAMPADD(DAY, -4, UTC_TIMESTAMP(3)) LIMIT 500");
/* Longer than the day that is counted. */
STATEMENT(old_reach, DIRECTORY, "", "DELETE FROM reach_sent WHERE at < TIMESTAMPADD(DAY, -3, UTC_TIMESTAMP(3)) LIMIT 500");

void
directories_tidy(struct db *db)
{
	db_change(db, &old_buyer_shows);
	db_change(db, &old_browsers);
	db_change(db, &old_phones);
	db_change(db, &old_reach);
}
