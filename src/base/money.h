/* money.h - integer minor units and an ISO 4217 code; never a double. */
#ifndef FOYER_BASE_MONEY_H
#define FOYER_BASE_MONEY_H

struct money {
	int64_t minor;		/* pence, paise, yen */
	char code[4];		/* "GBP" */
};

struct money money_of(int64_t minor, struct span code);	/* an unknown code is a BUG and prints with the code itself */
bool money_known(struct span code);			/* a currency of our table */
int money_digits(const char *code);			/* decimals: GBP 2, JPY 0, KWD 3 */
int64_t money_scale(int digits);			/* 10 to the power of digits: how many minor units make one */
/* "15.50", "1800", "1.500" with as many decimals as the currency has, or fewer; false: anything else, or beyond 10^15. */
bool money_read(struct span text, const char *code, int64_t *minor);
void money_print(struct buf *, struct money);		/* "£15.50", "₹1,250.00", "¥1,800", "KWD 1.500" */

#endif
