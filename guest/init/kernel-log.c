#include "kernel-log.h"

#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "printk.h"
#include "records.h"
#include "text.h"

/* A record is short, so that it comes whole also on a bad wire. */
#define SUMS 32

struct line {
	const char *text;
	size_t length;
};

static struct line *lines;
static unsigned int count;

/* The line's level, and where its text begins: behind `<level>`, which only syslog(2) gives. */
static int level_of(const char **text, const char *end)
{
	char *after;
	long priority;

	if (*text == end || **text != '<')
		return 0;
	priority = strtol(*text + 1, &after, 10);
	if (after >= end || *after != '>')
		return 0;
	*text = after + 1;
	return (int)(priority & 7);
}

/* Finds the lines that were said. `text` ends with a NUL. */
static void split(const char *text, size_t length)
{
	const char *end = text + length;

	for (const char *next; text < end; text = next + 1) {
		int level;

		next = memchr(text, '\n', (size_t)(end - text));
		if (!next)
			next = end;
		level = level_of(&text, next);
		if (text < next && printk_is_said(level))
			lines[count++] = (struct line){ text, (size_t)(next - text) };
	}
}

static void report_sums(unsigned int from, unsigned long lost)
{
	unsigned char sums[SUMS * 4];
	struct record record;
	size_t length = 0;

	for (unsigned int n = from; n < count && n < from + SUMS; n++) {
		uint32_t sum = crc32_of(lines[n].text, lines[n].length);

		for (int shift = 24; shift >= 0; shift -= 8)
			sums[length++] = (unsigned char)(sum >> shift);
	}
	record_begin(&record, "log");
	record_number(&record, "from", (long)from);
	record_number(&record, "lines", (long)count);
	record_number(&record, "lost", (long)lost);
	record_hex(&record, "sums", sums, length);
	record_finish(&record);
}

void kernel_log_report(void)
{
	unsigned long lost = 0;
	size_t length = 0, newlines = 1;
	char *text = printk_text(&length, &lost);

	for (size_t n = 0; text && n < length; n++)
		newlines += text[n] == '\n';
	lines = text ? calloc(newlines, sizeof(*lines)) : NULL;
	if (!lines) {
		could_not("kernel log", "it cannot be read");
		return;
	}
	/* Kept for good: the lines point into it. */
	split(text, length);
	for (unsigned int from = 0; from < count; from += SUMS)
		report_sums(from, lost);
}

unsigned int kernel_log_lines(void)
{
	return count;
}

const char *kernel_log_frame(unsigned int line, unsigned int sequence)
{
	static char frame[MAX_FRAME];
	char payload[MAX_PAYLOAD + 1];
	struct text text = text_in(payload, sizeof(payload));

	if (line >= count)
		return NULL;
	text_add(&text, "{\"fact\":\"log-line\",\"line\":%u,\"text\":", line);
	text_add_json(&text, lines[line].text, lines[line].length);
	text_add(&text, "}");
	if (text.full)
		return NULL;
	frame_write(frame, sequence, payload);
	return frame;
}
