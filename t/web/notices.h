/*
 * notices.h - what the tests of notices share: one stack with a relay, buyers who take a seat each, and the letters that they get.
 */
#ifndef FOYER_T_NOTICES_H
#define FOYER_T_NOTICES_H

#include "t/lib/buyer.h"
#include "t/lib/letters.h"
#include "t/lib/logs.h"

#define TEXT(...) arena_fmt(stack.arena, __VA_ARGS__).p
#define ANN "email=ann%40example.org"

extern struct stack stack;
extern int next_seat;

int64_t show(void);
const char *takes(struct visitor *v);
int64_t newest_hold(void);
int64_t event(const char *type);
bool ends_as(const char *state, int64_t id);
struct span letter(const char *type);
void assert_no_letter(const char *type);
bool has(struct span text, const char *words);
const char *link_in(struct span body, const char *path);
struct page gives_address(struct visitor *v, const char *hold, const char *form);
const char *link_for(struct visitor *v, const char *hold, const char *form);
const char *link_to_seats(struct visitor *v, const char *hold);
const char *changes(struct visitor *v, const char *hold);
void left(int seconds);
void time_runs_out(void);
void every_rule_is_kept_and_no_token_is_in_a_log(void **state);
int another_day(void **state);
int open_stack(void **state);
int close_stack(void **state);

#endif
