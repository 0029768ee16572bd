#pragma once
#include <png.h>
#include <string.h>

// libpng's simplified API: no longjmp leaves it, and what went wrong is in image->message. PNG_FORMAT_GRAY and the like are macros that Swift does not import.

/// Reads the header of the PNG of `count` bytes; 0 where that fails. What it took is freed by lockstep_png_finish or png_image_free.
static inline int lockstep_png_begin(png_image *image, const void *bytes, size_t count) {
    memset(image, 0, sizeof *image);
    image->version = PNG_IMAGE_VERSION;
    return png_image_begin_read_from_memory(image, bytes, count);
}

/// Writes a PNG of pixels, row by row without gaps, with 1, 3 or 4 bytes each: grey; red, green, blue; and how much of these covers what is behind. Into memory of
/// `*count` bytes, which becomes what it took, or with none only that; 0 where it fails.
static inline int lockstep_png_write(int width, int height, int channels, const void *pixels, void *memory, size_t *count) {
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    image.width = (png_uint_32)width;
    image.height = (png_uint_32)height;
    image.format = channels == 1 ? PNG_FORMAT_GRAY : channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_RGBA;
    png_alloc_size_t size = *count;
    int done = png_image_write_to_memory(&image, memory, &size, 0, pixels, 0, NULL);
    *count = size;
    return done;
}

/// Bytes a pixel that lockstep_png_finish writes: 1, or 2 where something may be transparent.
static inline int lockstep_png_channels(const png_image *image) { return image->format & PNG_FORMAT_FLAG_ALPHA ? 2 : 1; }

/// Reads its pixels as grey bytes, row by row without gaps, each followed by how much it covers of what is behind where something may be transparent; 0 where that
/// fails.
static inline int lockstep_png_finish(png_image *image, void *pixels) {
    image->format = image->format & PNG_FORMAT_FLAG_ALPHA ? PNG_FORMAT_GA : PNG_FORMAT_GRAY;
    image->flags |= PNG_IMAGE_FLAG_16BIT_sRGB;  // else 16 bits were taken for linear light, and 8 bits not
    return png_image_finish_read(image, NULL, pixels, 0, NULL);
}
