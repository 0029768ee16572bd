#pragma once
#include <zlib.h>

// zlib's inflateInit2 is a macro, which Swift does not import. 16 + MAX_WBITS reads the gzip wrapper.
static inline int lockstep_inflate_init_gzip(z_streamp stream) {
    return inflateInit2(stream, 16 + MAX_WBITS);
}
