#include "printk.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <unistd.h>

/* Actions of syslog(2). */
#define READ_ALL 3
#define SIZE_BUFFER 10
/* The buffer has no prefixes; with one a short message is that much longer at most. */
#define LONGER 4

/* The sequence number of the oldest message that is left: `priority,sequence,...` (Documentation/ABI/testing/dev-kmsg). */
static unsigned long first_message(void)
{
	char entry[2048];
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ssize_t got = log < 0 ? -1 : read(log, entry, sizeof(entry) - 1);
	const char *number;

	if (log >= 0)
		close(log);
	if (got <= 0)
		return 0;
	entry[got] = '\0';
	number = strchr(entry, ',');
	return number ? strtoul(number + 1, NULL, 10) : 0;
}

char *printk_text(size_t *length, unsigned long *lost)
{
	int size = klogctl(SIZE_BUFFER, NULL, 0), got;
	char *text;

	if (size <= 0)
		return NULL;
	*lost = first_message();
	text = malloc((size_t)size * LONGER);
	got = text ? klogctl(READ_ALL, text, size * LONGER) : -1;
	if (got < 0) {
		free(text);
		return NULL;
	}
	*length = (size_t)got;
	return text;
}

static bool is_yes(const char *path)
{
	FILE *file = fopen(path, "re");
	int letter = file ? fgetc(file) : EOF;

	if (file)
		fclose(file);
	return letter == 'Y';
}

/* Without /proc nobody knows what was said: then nothing was. */
static int console_loglevel(void)
{
	FILE *file = fopen("/proc/sys/kernel/printk", "re");
	int level = 0;

	if (file && fscanf(file, "%d", &level) != 1)
		level = 0;
	if (file)
		fclose(file);
	return level;
}

bool printk_is_said(int level)
{
	static int limit = -1;

	if (limit < 0)
		limit = is_yes("/sys/module/printk/parameters/ignore_loglevel") ? 8 : console_loglevel();
	return level < limit;
}
