/* kafka.h - a mock cluster in a process of its own (t/kafka/mock), and what came to it, read by the example consumer (t/kafka/consumer). */
#ifndef FOYER_T_KAFKA_H
#define FOYER_T_KAFKA_H

#include "base/base.h"

#include <stdio.h>
#include <sys/types.h>

struct kafka_mock {
	pid_t pid;
	FILE *in, *out;
	char brokers[200];
};

/* False: this build has no Kafka. The cluster ends with the test's process, however that does. */
bool kafka_mock_open(struct kafka_mock *);
void kafka_mock_close(struct kafka_mock *);
void kafka_mock_does(struct kafka_mock *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));	/* a line of its language */

/* What the consumer prints with these words (options, topics) behind its brokers: from where its group stands to the end. */
struct span kafka_mock_read(struct kafka_mock *, struct arena *, const char *words);

#endif
