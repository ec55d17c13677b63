/* The kernel's log, as its console says it. */
#ifndef PRINTK_H
#define PRINTK_H
#include <stdbool.h>
#include <stddef.h>

/*
 * What of the log the kernel still has, allocated, its lines as those of the console but for the `<level>` before each.
 * NULL when there is none; `lost` is how many messages had been overwritten by then.
 */
char *printk_text(size_t *length, unsigned long *lost);
/* Whether the console says messages of this level. */
bool printk_is_said(int level);
#endif
