/* qr_png.c - a QR code as a PNG of two colours, for mails, whose readers show no SVG. Apart from qr.c, so that pages need no libpng. */
#include "base/base.h"

#include <png.h>

#include "papers/qr.h"

#define PNG_MOST (64 * KiB)

/* One byte a pixel, 1 for dark. */
static unsigned char *
pixels_of(struct arena *a, const struct qr *qr, size_t dot, size_t side)
{
	unsigned char *pixels = ARENA_ARRAY(a, unsigned char, side * side);

	for (size_t i = 0; i < qr->n; i++) {
		const struct qr_run *run = &qr->runs[i];

		for (size_t y = 0; y < dot; y++)
			memset(pixels + ((size_t)(run->y + QR_QUIET) * dot + y) * side + (size_t)(run->x + QR_QUIET) * dot, 1,
			    (size_t)run->n * dot);
	}
	return pixels;
}

bool
qr_png(struct arena *a, struct span text, int dot, struct qr_picture *picture)
{
	static const unsigned char colours[] = { 255, 255, 255, 0, 0, 0 };
	png_image image = { .version = PNG_IMAGE_VERSION, .format = PNG_FORMAT_RGB_COLORMAP, .colormap_entries = 2 };
	png_alloc_size_t n = PNG_MOST;
	char *png;
	struct qr qr;

	if (!qr_make(a, text, &qr))
		return false;
	picture->side = qr.side + 2 * QR_QUIET;
	image.width = image.height = (png_uint_32)(picture->side * dot);
	png = arena_alloc(a, PNG_MOST);
	if (!png_image_write_to_memory(&image, png, &n, 0, pixels_of(a, &qr, (size_t)dot, image.width), 0, colours))
		return false;
	picture->png = (struct span){ png, n };
	return true;
}
