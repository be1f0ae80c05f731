/* test_qr.c - the QR code's picture. That readers can read it is shown by t/browser, which points zbarimg at a screenshot. */
#include "base/base.h"

#include <setjmp.h>

#include <cmocka.h>
#include <png.h>
#include <qrencode.h>

#include "papers/qr.h"

#define TEXT "F1.1.4711.98765.1a2b3c4d5e.abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz01234567"

static int
open_arena(void **state)
{
	*state = arena_new(MiB);
	return 0;
}

static int
close_arena(void **state)
{
	arena_free(*state);
	return 0;
}

/* Paints the runs of the second path into a square of modules. */
static void
paint(const char *svg, int side, unsigned char *modules)
{
	const char *p = strstr(svg, "#000\" d=\"");
	int x, y, n, back, used;

	assert_non_null(p);
	p += strlen("#000\" d=\"");
	while (sscanf(p, "M%d %dh%dv1h-%dz%n", &x, &y, &n, &back, &used) == 4) {
		assert_int_equal(n, back);
		for (int i = 0; i < n; i++) {
			assert_in_range(x + i, 0, side - 1);
			assert_in_range(y, 0, side - 1);
			modules[y * side + x + i]++;
		}
		p += used;
	}
	assert_string_equal(p, "\"/></svg>");
}

static void
every_module_is_where_it_belongs_with_four_of_quiet(void **state)
{
	QRcode *code = QRcode_encodeData(strlen(TEXT), (const unsigned char *)TEXT, 0, QR_ECLEVEL_M);
	int side = code->width + 8;
	unsigned char *modules = calloc(1, (size_t)side * (size_t)side);
	struct html_safe svg;

	assert_true(qr_svg(*state, SPAN(TEXT), &svg));
	paint(svg.s.p, side, modules);
	for (int y = 0; y < side; y++)
		for (int x = 0; x < side; x++) {
			bool inside = x >= 4 && y >= 4 && x < side - 4 && y < side - 4;
			int dark = inside ? code->data[(y - 4) * code->width + x - 4] & 1 : 0;

			assert_int_equal(modules[y * side + x], dark);
		}
	QRcode_free(code);
	free(modules);
}

static void
the_picture_has_the_same_modules_each_of_so_many_dots(void **state)
{
	enum { DOT = 3 };
	QRcode *code = QRcode_encodeData(strlen(TEXT), (const unsigned char *)TEXT, 0, QR_ECLEVEL_M);
	png_image image = { .version = PNG_IMAGE_VERSION };
	struct qr_picture picture;
	unsigned char *dots;

	assert_true(qr_png(*state, SPAN(TEXT), DOT, &picture));
	assert_int_equal(picture.side, code->width + 8);
	assert_true(picture.png.n < 4 * KiB);
	assert_true(png_image_begin_read_from_memory(&image, picture.png.p, picture.png.n));
	assert_int_equal(image.width, picture.side * DOT);
	assert_int_equal(image.height, picture.side * DOT);
	image.format = PNG_FORMAT_GRAY;
	dots = arena_alloc(*state, PNG_IMAGE_SIZE(image));
	assert_true(png_image_finish_read(&image, NULL, dots, 0, NULL));
	for (int y = 0; y < picture.side * DOT; y++)
		for (int x = 0; x < picture.side * DOT; x++) {
			int column = x / DOT - QR_QUIET, row = y / DOT - QR_QUIET;
			bool inside = column >= 0 && row >= 0 && column < code->width && row < code->width;
			bool dark = inside && code->data[row * code->width + column] & 1;

			assert_int_equal(dots[y * picture.side * DOT + x], dark ? 0 : 255);
		}
	QRcode_free(code);
}

static void
it_is_small_crisp_and_has_a_white_plate(void **state)
{
	struct html_safe svg;

	assert_true(qr_svg(*state, SPAN(TEXT), &svg));
	assert_in_range(svg.s.n, 1000, 24 * 1024);
	assert_non_null(strstr(svg.s.p, "shape-rendering=\"crispEdges\""));
	assert_non_null(strstr(svg.s.p, "<path fill=\"#fff\" d=\"M0 0h"));
	assert_null(strstr(svg.s.p, "style"));
	assert_null(strstr(svg.s.p, "4711"));
}

static void
what_does_not_fit_is_refused(void **state)
{
	char *text = arena_alloc(*state, 4001);
	struct html_safe svg;

	memset(text, 'a', 4000);
	assert_false(qr_svg(*state, (struct span){ text, 4000 }, &svg));
	assert_false(qr_svg(*state, SPAN_NONE, &svg));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_module_is_where_it_belongs_with_four_of_quiet),
		cmocka_unit_test(the_picture_has_the_same_modules_each_of_so_many_dots),
		cmocka_unit_test(it_is_small_crisp_and_has_a_white_plate),
		cmocka_unit_test(what_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
