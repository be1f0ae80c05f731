/* kafka_conf.h - the settings as librdkafka takes them. */
#ifndef FOYER_RELAY_KAFKA_CONF_H
#define FOYER_RELAY_KAFKA_CONF_H

#include <librdkafka/rdkafka.h>

#include "base/settings.h"

#define KAFKA_TOPICS 4

/* NULL, with the reason logged: they are wrong. No thread is begun, and nobody is called. */
rd_kafka_conf_t *kafka_conf(const struct settings *);
/* What the settings call the topic of this name in the table of events. */
const char *kafka_topic(const struct settings *, const char *topic);
void kafka_topics(const struct settings *, const char *names[KAFKA_TOPICS]);

#endif
