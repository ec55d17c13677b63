/*
 * Work in a child process with a time limit: reading one file of a sick kernel may hang for good, and PID 1 must not. A
 * child that cannot be killed (state D) is left behind.
 */
#ifndef CHILD_H
#define CHILD_H
#include <stdbool.h>
#include <stddef.h>

struct yield {
	/* What the work returned (0 or a negative errno), -ETIMEDOUT when its time ran out, -EFAULT when a signal ended it. */
	int rc;
	/* What it wrote, with a NUL behind it; free() it. May be there also when rc is not 0. */
	char *data;
	size_t length;
	/* It wrote more than `most` bytes: the rest is lost. */
	bool cut;
};

/* Runs `work(out, argument)` in a child; `out` is a descriptor to write to. */
struct yield child_run(int (*work)(int out, const void *argument), const void *argument, int limit_ms, size_t most);
/* Milliseconds of the monotonic clock. */
long long now_ms(void);
/* Writes all of it. 0 or a negative errno. */
int write_all(int out, const char *bytes, size_t length);
#endif
