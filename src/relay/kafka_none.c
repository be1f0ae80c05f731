/* kafka_none.c - kafka.h where the build has no librdkafka: what was asked for is not quietly left out. */
#include "base/base.h"

#include "relay/kafka.h"

int
kafka_start(struct sink *sink, struct arena *a, const struct settings *s, struct db *db)
{
	(void)sink;
	(void)a;
	(void)db;
	if (!s->kafka_brokers[0])
		return 0;
	log_error("kafka.start", "error=\"kafka_brokers is set, but this build has no Kafka (configure --with-kafka; Debian: librdkafka-dev)\"");
	return -1;
}

bool
kafka_topics_make(struct arena *a, const struct settings *s, int partitions, int replicas, struct buf *out)
{
	(void)a;
	(void)s;
	(void)partitions;
	(void)replicas;
	buf_text(out, "this build has no Kafka (configure --with-kafka; Debian: librdkafka-dev)\n");
	return false;
}
