/*
 * relays.h - three relays as processes of their own, people who buy meanwhile, and a judge of what came to the sink "test" and in which
 * order. Beside it there is a sink "other", which takes everything. Both want what is told of seats, and ends of holds.
 */
#ifndef FOYER_T_RELAYS_H
#define FOYER_T_RELAYS_H

#include "t/lib/box_office.h"

#include "relay/relay.h"

#define RELAYS 3
#define RELAY_MOST 5		/* events at once */
#define RELAY_LOG_MAX 60000
#define RELAY_EVENTS_MAX 6000
#define RELAY_REST_MS 40

/* Between all processes. What the sink "test" takes is logged while its relay has the lease. */
struct relays_shared {
	size_t n;
	struct relay_record {
		int64_t show, event;
	} log[RELAY_LOG_MAX];
	bool stop;
	int slow_us;			/* it takes up to so long for each */
	enum sink_answer answer;	/* of the sink "test", to the event `about`; 0: to any */
	int64_t about;
	int64_t rests;			/* the show that both sinks leave alone; 0: none */
	int kills;
};
extern struct relays_shared *relays_shared;

void relays_open(struct box_office *);
void relays_close(void);
void relays_sweep(void);		/* a teardown: nothing was ever sold */

/* Other sinks than "test" and "other", until relays_sweep(). Whoever has them writes down itself what comes: relays_heard(). */
void relays_use(sink_start *const *list, size_t n, const struct settings *);
void relays_heard(int64_t show, int64_t event);

struct relay relay_of_test(void);	/* one in this process */
void relay_free(struct relay *);

/* Forget the log, and start. Who is killed is started anew, by the same number, as foyer-relay has it. */
void relays_begin(int slow_us);
void relays_tend(void);
void relays_end(void);
/* Three buyers take single seats of two shows, also of holds that have run out, and let go of some. */
void people_buy(int rounds);
void until_all_is_out(void);

struct verdict {
	size_t events;
	int lost, twice, disorder;	/* disorder: it came before an earlier one about the same hold or seat */
};
struct verdict judged(void);
/* Whoever keeps seats and drops what is lower than it has ends with the truth, in whatever order it hears. */
void assert_versions_lead_to_the_truth(bool backwards);

#endif
