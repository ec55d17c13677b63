/*
 * The session of guest/init, on this host: standard input and output are the channel, the first argument is the file of
 * instructions, a second one that of a kernel's log as syslog(2) gives it. What init says to people goes to standard error.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "channel.h"
#include "kernel-log.h"
#include "log-clock.h"
#include "mounts.h"
#include "printk.h"
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

static const char *log_file;

/* The real one would read this host's log, or may not. */
char *printk_text(size_t *length, unsigned long *lost)
{
	FILE *file = fopen(log_file, "re");
	char *text = malloc(1 << 20);

	if (!file || !text)
		return NULL;
	*length = fread(text, 1, 1 << 20, file);
	*lost = 0;
	fclose(file);
	return text;
}

bool printk_is_said(int level)
{
	return level < 7;
}

int main(int count, char **words)
{
	FILE *instructions = count >= 2 ? fopen(words[1], "re") : NULL;

	if (!instructions)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	session_set_limits(instructions);
	channel_use(0, 1, "harness");
	session_do(instructions);
	if (count == 3) {
		log_file = words[2];
		kernel_log_report();
	}
	session_answer();
	return 0;
}
