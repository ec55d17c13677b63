/*
 * The session of guest/init, on this host: standard input and output are the channel, the argument is the file of
 * instructions. What init says to people goes to standard error.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>

#include "channel.h"
#include "log-clock.h"
#include "mounts.h"
#include "say.h"
#include "session.h"

void say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}

/* The real one would write to this host's log. */
double log_clock(void)
{
	return 1.5;
}

/* The real ones would mount this host's own. */
int efivarfs_mount(const char *where)
{
	(void)where;
	return 0;
}

int efivarfs_unmount(const char *where)
{
	(void)where;
	return 0;
}

int main(int count, char **words)
{
	FILE *instructions = count == 2 ? fopen(words[1], "re") : NULL;

	if (!instructions)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	session_set_limits(instructions);
	channel_use(0, 1, "harness");
	session_do(instructions);
	session_answer();
	return 0;
}
