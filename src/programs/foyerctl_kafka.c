/* foyerctl_kafka.c - makes the topics that events go to. */
#include "base/base.h"

#include "programs/foyerctl.h"
#include "relay/kafka.h"

#define PARTITIONS_MOST 10000
#define REPLICAS_MOST 100

int
ctl_kafka(struct call *c)
{
	int64_t partitions = KAFKA_PARTITIONS, replicas = -1;
	struct settings settings;
	struct span error;
	struct buf out;
	bool made;

	if (c->n_args % 2 != 1 || strcmp(c->args[0], "topics") != 0)
		return ctl_usage("kafka takes topics, then --partitions N, --replicas N or nothing");
	for (int i = 1; i < c->n_args; i += 2)
		if (!(strcmp(c->args[i], "--partitions") == 0 && span_int(span_of(c->args[i + 1]), 1, PARTITIONS_MOST, &partitions)) &&
		    !(strcmp(c->args[i], "--replicas") == 0 && span_int(span_of(c->args[i + 1]), 1, REPLICAS_MOST, &replicas)))
			return ctl_usage("kafka topics takes --partitions N, --replicas N or nothing");
	if (!settings_read(c->arena, c->config, &settings, &error)) {
		fprintf(stderr, "foyerctl: " PRSPAN "\n", ARGSPAN(error));
		return IMPOSSIBLE;
	}
	buf_init(&out, c->arena, 64 * KiB);
	made = kafka_topics_make(c->arena, &settings, (int)partitions, (int)replicas, &out);
	return ctl_print(&out) != DONE || !made ? IMPOSSIBLE : DONE;
}
