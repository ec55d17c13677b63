/*
 * The part of GLib 2 that QEMU's plugin header and we use, so that no development package is needed: its two public
 * arrays, whose layout is part of GLib's stable ABI (glib/garray.h). QEMU brings the library itself.
 */
#ifndef HYPLAB_GLIB_H
#define HYPLAB_GLIB_H

typedef int gboolean;
typedef unsigned int guint;

typedef struct {
	char *data;
	guint len;
} GArray;

typedef struct {
	unsigned char *data;
	guint len;
} GByteArray;

char *g_array_free(GArray *array, gboolean free_segment);
GByteArray *g_byte_array_new(void);
GByteArray *g_byte_array_set_size(GByteArray *array, guint length);

#endif
