/*
 * The session of guest/init, on this host: standard input and output are the channel, the argument is the file of
 * instructions. What init says to people goes to standard error.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>

#include "channel.h"
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
