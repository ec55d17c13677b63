/* Paths with `*` in their components. */
#ifndef EXPAND_H
#define EXPAND_H
#include <stdbool.h>

bool has_wildcard(const char *path);
/*
 * Writes each match and a NUL to `out`, sorted in each directory. A component without `*` is not looked up but taken as it
 * stands: `devices/X/driver` is a match for each X, so that a link that is missing can be reported as missing.
 */
int expand(int out, const char *pattern);
#endif
