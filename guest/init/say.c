#include "say.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void say(const char *format, ...)
{
	static const char prefix[] = "hyplab-init: ";
	char line[900];
	va_list arguments;
	size_t length;
	int to;

	strcpy(line, prefix);
	va_start(arguments, format);
	vsnprintf(line + strlen(prefix), sizeof(line) - sizeof(prefix) - 1, format, arguments);
	va_end(arguments);
	strcat(line, "\n");
	length = strlen(line);
	to = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	if (to < 0 || write(to, line, length) < 0) {
		if (to >= 0)
			close(to);
		to = open("/dev/console", O_WRONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
		if (to < 0 || write(to, line, length) < 0)
			return; /* Nobody is there to hear that nobody is there to hear. */
	}
	close(to);
}
