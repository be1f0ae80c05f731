/* test_settings.c - the configuration file: what is taken, and that each mistake is named with its file and line. */
#include "base/base.h"

#include <setjmp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/settings.h"

#define ENOUGH "base_url = https://tickets.example.org\n" \
	"token_key = 0123456789abcdef0123456789abcdef\nticket_key = fedcba9876543210fedcba9876543210\n"

#define PUSH_KEY "push_key = yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw\n"

struct folder {
	struct arena *arena;
	char dir[64], conf[96], secret[96];
	struct settings settings;
	struct span error;
};

static int
open_folder(void **state)
{
	struct folder *f = calloc(1, sizeof(*f));

	f->arena = arena_new(MiB);
	snprintf(f->dir, sizeof(f->dir), "/tmp/foyer-settings-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->conf, sizeof(f->conf), "%s/foyer.conf", f->dir);
	snprintf(f->secret, sizeof(f->secret), "%s/secret", f->dir);
	*state = f;
	return 0;
}

static int
close_folder(void **state)
{
	struct folder *f = *state;

	unlink(f->conf);
	unlink(f->secret);
	rmdir(f->dir);
	arena_free(f->arena);
	free(f);
	return 0;
}

static void
write_file(const char *path, const char *text, mode_t mode)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fputs(text, file) >= 0, 1);
	fclose(file);
	assert_int_equal(chmod(path, mode), 0);
}

static bool
reads(struct folder *f, const char *text)
{
	write_file(f->conf, text, 0600);
	return settings_read(f->arena, f->conf, &f->settings, &f->error);
}

/* The text is refused, and the complaint is "…/foyer.conf" and then this. */
static void
refused(struct folder *f, const char *text, const char *complaint)
{
	assert_false(reads(f, text));
	assert_true(span_starts(f->error, f->conf));
	assert_string_equal(CSTR(f->arena, f->error) + strlen(f->conf), complaint);
}

static void
a_short_file_gives_every_setting_a_value(void **state)
{
	struct folder *f = *state;

	assert_true(reads(f, "# a comment\n\n" ENOUGH "  house_name=The Alhambra # 1  \r\nworkers_public = 12\n"));
	assert_string_equal(f->settings.base_url, "https://tickets.example.org");
	assert_string_equal(f->settings.house_name, "The Alhambra # 1");
	assert_int_equal(f->settings.workers_public, 12);
	assert_int_equal(f->settings.db_port, 3306);
	assert_string_equal(f->settings.log_level, "info");
	assert_true(span_is(f->settings.token_key.hidden, "0123456789abcdef0123456789abcdef"));
	assert_int_equal(f->settings.stripe_secret_key.hidden.n, 0);
	assert_true(settings_https(&f->settings));
	assert_int_equal(settings_log_level(&f->settings), LOG_LEVEL_INFO);
}

static void
an_empty_value_stands_for_itself(void **state)
{
	struct folder *f = *state;

	assert_true(reads(f, ENOUGH "db_socket =\n"));
	assert_string_equal(f->settings.db_socket, "");
}

static void
each_mistake_is_named_with_its_line(void **state)
{
	struct folder *f = *state;

	refused(f, "base_uri = https://a.example\n", ":1: there is no setting \"base_uri\"");
	refused(f, "\n# x\nworkers_public\n", ":3: expected \"key = value\"");
	refused(f, "db_port = 1\ndb_port = 2\n", ":2: db_port is given a second time");
	refused(f, "db_port = 70000\n", ":1: db_port must be a whole number from 1 to 65535");
	refused(f, "db_port = 12x\n", ":1: db_port must be a whole number from 1 to 65535");
	refused(f, "db_port =\n", ":1: db_port must be a whole number from 1 to 65535");
	refused(f, "db_name =\n", ":1: db_name must have 1 to 64 characters, it has 0");
	refused(f, "token_key = short\n", ":1: token_key must have 32 to 200 characters, it has 5");
	refused(f, "house_name = \xff\n", ":1: this line is not UTF-8 text");
}

static void
what_is_missing_is_named(void **state)
{
	struct folder *f = *state;

	assert_false(reads(f, "base_url = https://tickets.example.org\n"));
	assert_non_null(strstr(CSTR(f->arena, f->error), "/foyer.conf: token_key must be given: "));
	unlink(f->conf);
	assert_false(settings_read(f->arena, f->conf, &f->settings, &f->error));
	assert_non_null(strstr(CSTR(f->arena, f->error), "/foyer.conf: No such file"));
}

static void
shapes_beyond_the_table_are_checked(void **state)
{
	static const char *const urls[] = { "tickets.example.org", "ftp://tickets.example.org", "https://", "https://tickets.example.org/",
		"https://tickets.example.org/shop", "https://a@b.example", "https://a b.example", "https://a.example;script-src" };
	struct folder *f = *state;
	char text[512];

	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		snprintf(text, sizeof(text), "base_url = %s\n%s", urls[i], strchr(ENOUGH, '\n'));
		refused(f, text, ": base_url must be http:// or https:// and a host, and nothing after it");
	}
	refused(f, ENOUGH "log_level = loud\n", ": log_level must be error, warn, info or debug");
	refused(f, ENOUGH "push_key = AAAA\npush_contact = mailto:a@b.example\n",
	    ": push_key must be a private key as foyerctl push-key makes one: 43 letters");
	refused(f, ENOUGH PUSH_KEY, ": push_key needs push_contact, which must be mailto:… or https://…");
	refused(f, ENOUGH PUSH_KEY "push_contact = a@b.example\n", ": push_key needs push_contact, which must be mailto:… or https://…");
	refused(f, ENOUGH PUSH_KEY "push_contact = mailto:\"@b.example\n", ": push_key needs push_contact, which must be mailto:… or https://…");
	refused(f, ENOUGH "sms_url = api.twilio.com\n", ": sms_url must be http:// or https:// and a host, and nothing after it");
	refused(f, ENOUGH "sms_url = https://api.twilio.com\nsms_user = AC1\nsms_from = Foyer\n", ": sms_url needs sms_user, sms_password and sms_from");
	refused(f, ENOUGH "sms_url = https://api.twilio.com\nsms_user = AC/1\nsms_password = x\nsms_from = Foyer\n",
	    ": sms_user must be letters and digits");
	refused(f, ENOUGH "outside_allow = 127.0.0.1\n", ": outside_allow must be host:port, blanks between several");
	refused(f, ENOUGH "outside_allow = a:1 b:x\n", ": outside_allow must be host:port, blanks between several");
	refused(f, ENOUGH "outside_allow = http://a:1\n", ": outside_allow must be host:port, blanks between several");
}

static void
a_gateway_for_texts_is_never_called_in_the_clear_over_a_network(void **state)
{
	static const char *const clear[] = { "http://api.twilio.com", "http://10.0.0.7:8080", "http://localhost.example.org", "http://127.0.0.1.example.org",
		"http://127.0.0.10", "http://localhost:x.example.org", "http://localhost:", "http://[::1].example.org", "http://[::2]" };
	static const char *const fine[] = { "https://api.twilio.com", "http://127.0.0.1", "http://127.0.0.1:9", "http://[::1]:8080", "http://localhost:65535" };
	static const char rest[] = "sms_user = AC1\nsms_password = x\nsms_from = Foyer\n";
	struct folder *f = *state;
	char text[512];

	for (size_t i = 0; i < ARRAY_LEN(clear); i++) {
		snprintf(text, sizeof(text), "%ssms_url = %s\n%s", ENOUGH, clear[i], rest);
		refused(f, text, ": sms_url must be https://, or http:// to 127.0.0.1, [::1] or localhost: it is told a password and numbers");
	}
	for (size_t i = 0; i < ARRAY_LEN(fine); i++) {
		snprintf(text, sizeof(text), "%ssms_url = %s\n%s", ENOUGH, fine[i], rest);
		assert_true(reads(f, text));
	}
}

static void
a_secret_comes_out_of_its_own_file(void **state)
{
	struct folder *f = *state;
	char text[512];

	snprintf(text, sizeof(text), ENOUGH "db_password = file:%s\n", f->secret);
	write_file(f->secret, "swordfish\n", 0640);
	assert_true(reads(f, text));
	assert_true(span_is(f->settings.db_password.hidden, "swordfish"));
}

static void
a_secret_that_others_can_read_is_refused(void **state)
{
	struct folder *f = *state;
	char text[512];

	snprintf(text, sizeof(text), ENOUGH "db_password = file:%s\n", f->secret);
	write_file(f->secret, "swordfish\n", 0644);
	assert_false(reads(f, text));
	assert_non_null(strstr(CSTR(f->arena, f->error), "/foyer.conf:4: db_password: everybody can read or write "));
	unlink(f->secret);
	assert_false(reads(f, text));
	assert_non_null(strstr(CSTR(f->arena, f->error), "/secret: No such file"));
	refused(f, "db_password = file:secret\n", ":1: db_password: the path after file: must begin with /");
}

static void
a_file_with_secrets_may_not_be_read_by_others(void **state)
{
	struct folder *f = *state;

	write_file(f->conf, ENOUGH, 0644);
	assert_false(settings_read(f->arena, f->conf, &f->settings, &f->error));
	assert_non_null(strstr(CSTR(f->arena, f->error), ":2: token_key stands here in a file that everybody can read"));
}

static void
the_explanation_is_a_file_that_can_be_used(void **state)
{
	static const char *const required[] = { "\nbase_url = \n", "\ntoken_key = \n", "\nticket_key = \n" };
	struct folder *f = *state;
	struct buf b;

	buf_init(&b, f->arena, 64 * KiB);
	settings_explain(&b);
	assert_false(b.failed);
	refused(f, b.p, ":3: base_url must have 8 to 200 characters, it has 0");
	for (size_t i = 0; i < ARRAY_LEN(required); i++)
		strstr(b.p, required[i])[1] = '#';
	buf_text(&b, "\n" ENOUGH);
	assert_true(reads(f, b.p));
}

static void
a_file_for_one_purpose_may_miss_keys_and_be_read_by_others(void **state)
{
	struct folder *f = *state;

	write_file(f->conf, "stripe_webhook_secrets = whsec_1\n", 0644);
	assert_true(settings_read_part(f->arena, f->conf, &f->settings, &f->error));
	assert_string_equal(f->settings.base_url, "");
	assert_int_equal(f->settings.token_key.hidden.n, 0);
	assert_true(span_is(f->settings.stripe_webhook_secrets.hidden, "whsec_1"));
	assert_false(settings_read(f->arena, f->conf, &f->settings, &f->error));
	write_file(f->conf, "no_such_key = 1\n", 0600);
	assert_false(settings_read_part(f->arena, f->conf, &f->settings, &f->error));
}

static void
what_a_row_cannot_say_is_checked_too(void **state)
{
	static const char *const wrong[] = { "paypal_webhook_check = perhaps\n", "razorpay_checkout_origin = https://rzp.io/x\n",
		"push_services = https://push.example.org\n", "push_services = *.\n", "push_services = \n", "sms_countries = 44\n", "sms_countries = +\n",
		"sms_countries = +44,+91\n", "paypal_checkout_origin = https://www.paypal.com  \n\nstripe_checkout_origin = https://a.example;script-src\n" };
	struct folder *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		write_file(f->conf, wrong[i], 0600);
		if (settings_read_part(f->arena, f->conf, &f->settings, &f->error))
			fail_msg("accepted: %s", wrong[i]);
	}
	write_file(f->conf, "razorpay_checkout_origin = https://rzp.io https://api.razorpay.com\npaypal_webhook_check = api\nsms_countries = +44 +91\n"
	    "push_services = push.example.org *.example.com\n", 0600);
	assert_true(settings_read_part(f->arena, f->conf, &f->settings, &f->error));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_folder, close_folder)
		TEST(a_file_for_one_purpose_may_miss_keys_and_be_read_by_others), TEST(what_a_row_cannot_say_is_checked_too),
		TEST(a_short_file_gives_every_setting_a_value),
		TEST(an_empty_value_stands_for_itself),
		TEST(each_mistake_is_named_with_its_line),
		TEST(what_is_missing_is_named),
		TEST(shapes_beyond_the_table_are_checked),
		TEST(a_gateway_for_texts_is_never_called_in_the_clear_over_a_network),
		TEST(a_secret_comes_out_of_its_own_file),
		TEST(a_secret_that_others_can_read_is_refused),
		TEST(a_file_with_secrets_may_not_be_read_by_others),
		TEST(the_explanation_is_a_file_that_can_be_used),
	};

	return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
