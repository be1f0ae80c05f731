/* place.c - see place.h. */
#include "base/base.h"

#include "base/wake.h"
#include "db/place.h"

struct db *
db_of_settings(struct arena *a, const struct settings *s)
{
	struct db_place place = { s->db_socket, s->db_host, (int)s->db_port, s->db_user, CSTR(a, s->db_password.hidden), s->db_name };

	struct db *db = db_new(&place);

	db_on_told(db, wake_all, wake_new(a, s->run_dir, "relay"));
	return db;
}
