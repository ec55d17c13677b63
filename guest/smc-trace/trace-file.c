#include "trace-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { HEADER_SIZE = 32, RECORD_SIZE = 96 };

static int file = -1;

static void put(uint8_t *at, unsigned int bytes, uint64_t value)
{
	for (unsigned int i = 0; i < bytes; i++)
		at[i] = value >> (8 * i);
}

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/*
 * No buffer of our own: one would be lost with a QEMU that is killed. Into the page cache it takes about a microsecond,
 * some hundred times in a boot.
 */
static bool append(const uint8_t *bytes, size_t length)
{
	while (length > 0) {
		ssize_t written = write(file, bytes, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return false;
		bytes += written;
		length -= (size_t)written;
	}
	return true;
}

static void give_up(const char *what)
{
	fprintf(stderr, "smc-trace: could not %s: %s\n", what, strerror(errno));
	if (file >= 0)
		close(file);
	file = -1;
}

bool trace_open(const char *path, unsigned int groups)
{
	uint8_t header[HEADER_SIZE] = "hyplab SMC trace";

	put(header + 16, 2, 1);
	put(header + 18, 2, HEADER_SIZE);
	put(header + 20, 2, RECORD_SIZE);
	put(header + 22, 2, groups);
	put(header + 24, 8, now());
	file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
	if (file >= 0 && append(header, sizeof(header)))
		return true;
	give_up("make the trace");
	return false;
}

void trace_write(const struct trace_record *record)
{
	uint8_t bytes[RECORD_SIZE];

	if (file < 0)
		return;
	put(bytes, 1, record->kind);
	put(bytes + 1, 1, record->from);
	put(bytes + 2, 1, record->to);
	put(bytes + 3, 1, record->secure);
	put(bytes + 4, 4, record->cpu);
	put(bytes + 8, 8, record->number);
	put(bytes + 16, 8, now());
	put(bytes + 24, 8, record->pc);
	for (unsigned int i = 0; i < TRACE_ARGUMENTS; i++)
		put(bytes + 32 + 8 * i, 8, record->x[i]);
	/* The machine goes on without a trace: it is not worth the boot. The reader sees that it ends early. */
	if (!append(bytes, sizeof(bytes)))
		give_up("write the trace, it ends here");
}
