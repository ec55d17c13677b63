#include "log-clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "say.h"

#define STARTED "started"

static double ahead;

static double monotonic(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The time of our line: `priority,sequence,microseconds,flags;text` (Documentation/ABI/testing/dev-kmsg). 0 without it. */
static double time_of_ours(int log)
{
	char entry[2048];
	ssize_t got;

	/* EPIPE: what was to be read next has been overwritten; the one after it has not. */
	while ((got = read(log, entry, sizeof(entry) - 1)) > 0 || (got < 0 && (errno == EPIPE || errno == EINTR))) {
		const char *number = entry;

		if (got < 0)
			continue;
		entry[got] = '\0';
		for (int comma = 0; number && comma < 2; comma++)
			number = strchr(number, ',') ? strchr(number, ',') + 1 : NULL;
		if (number && strstr(number, "hyplab-init: " STARTED))
			return strtod(number, NULL) / 1e6;
	}
	return 0;
}

void log_clock_start(void)
{
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	double now, said;

	if (log >= 0)
		lseek(log, 0, SEEK_END);
	now = monotonic();
	say(STARTED);
	said = log < 0 ? 0 : time_of_ours(log);
	if (said > 0)
		ahead = said - now;
	if (log >= 0)
		close(log);
}

double log_clock(void)
{
	return monotonic() + ahead;
}
