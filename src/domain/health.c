/* health.c - see health.h. */
#include "base/base.h"

#include "domain/health.h"

STATEMENT(health_migrations, GLOBAL, "i", "SELECT COUNT(*) FROM schema_migrations");

bool
database_ready(struct db *db)
{
	struct rows *row = db_row(db, &health_migrations);

	return row && row_int(row, 0) > 0;
}
