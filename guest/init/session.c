#include "session.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "channel.h"
#include "child.h"
#include "efi.h"
#include "facts.h"
#include "kernel-log.h"
#include "modules.h"
#include "probe.h"
#include "records.h"
#include "say.h"
#include "tpm.h"

/* An `end` that was lost on a console is noticed by nobody but us. */
#define REPEAT_MS 1000
/* After what it asked for, the host learns from the next `end` that this was all: do not make it wait. */
#define ASKED_MS 20
/* What was asked for that often for each record will never arrive. */
#define RESENDS_EACH 32

static int answer_ms = 20000;

static void set_limit(char *value)
{
	const char *what = strsep(&value, " ");
	int number = value ? atoi(value) : 0;

	if (number > 0 && strcmp(what, "fact") == 0)
		facts_set_limit(number);
	else if (number > 0 && strcmp(what, "module") == 0)
		modules_set_limit(number);
	else if (number > 0 && strcmp(what, "tpm") == 0)
		tpm_set_limit(number);
	else if (number > 0 && strcmp(what, "efi") == 0)
		efi_set_limit(number);
	else if (number > 0 && strcmp(what, "bytes") == 0)
		facts_set_bytes((size_t)number);
	else if (number > 0 && strcmp(what, "answer") == 0)
		channel_set_limit(answer_ms = number);
	else
		could_not("limit", "unknown or not a number: %.100s", what);
}

static void do_line(char *line)
{
	char *rest = line;
	const char *verb = strsep(&rest, " "), *first, *second;

	if (strcmp(verb, "module") == 0 && rest) {
		module_load(rest);
		/* It may have been the driver of the channel. */
		if (!channel_is_open())
			channel_open_port(0);
	} else if (strcmp(verb, "probe") == 0 && rest) {
		probe_run(rest);
	} else if (strcmp(verb, "tpm") == 0 && rest) {
		tpm_ask(rest);
	} else if (strcmp(verb, "efi") == 0 && rest && (first = strsep(&rest, " ")) && (second = strsep(&rest, " ")) && rest) {
		efi_visit(first, second, rest);
	} else if (strcmp(verb, "fact") == 0 && rest && (first = strsep(&rest, " ")) && rest) {
		fact_send(first, rest);
	} else {
		could_not("instruction", "not known: %.200s", line);
	}
}

static void each_line(FILE *instructions, bool limits)
{
	char line[1200];

	rewind(instructions);
	while (fgets(line, sizeof(line), instructions)) {
		bool is_limit = strncmp(line, "limit ", 6) == 0;

		line[strcspn(line, "\n")] = '\0';
		if (is_limit && limits)
			set_limit(line + 6);
		else if (!is_limit && !limits && line[0] != '\0')
			do_line(line);
	}
}

void session_set_limits(FILE *instructions)
{
	each_line(instructions, true);
}

void session_do(FILE *instructions)
{
	each_line(instructions, false);
}

static int is_resend(const char *line, unsigned int *sequence)
{
	char *end;

	if (strncmp(line, "RESEND ", 7) != 0)
		return 0;
	*sequence = (unsigned int)strtoul(line + 7, &end, 10);
	return *end == '\0';
}

/* Behind the last record come the lines of the kernel's log. */
static const char *frame_of(unsigned int sequence)
{
	unsigned int count = records_count();

	return sequence > count ? kernel_log_frame(sequence - count - 1, sequence) : records_frame(sequence);
}

/* Answers until the host has been silent for a while: 1 when it said DONE, 0, or a negative errno. */
static int answer(long long *heard, unsigned long *resends)
{
	int wait_ms = REPEAT_MS, rc;
	char line[64];

	while ((rc = channel_line(line, sizeof(line), wait_ms)) > 0) {
		unsigned int sequence;
		const char *frame;

		if (strcmp(line, "DONE") == 0)
			return 1;
		frame = is_resend(line, &sequence) ? frame_of(sequence) : NULL;
		if (!frame)
			continue;
		if (++*resends > (unsigned long)RESENDS_EACH * (records_count() + kernel_log_lines()))
			return -ELOOP;
		rc = channel_send(frame);
		if (rc < 0)
			return rc;
		*heard = now_ms();
		wait_ms = ASKED_MS;
	}
	return rc;
}

void session_answer(void)
{
	long long heard = now_ms();
	unsigned long resends = 0;
	int rc;

	records_end();
	while ((rc = answer(&heard, &resends)) == 0 && now_ms() - heard < answer_ms) {
		rc = channel_send(records_frame(records_count()));
		if (rc < 0)
			break;
	}
	if (rc < 0)
		say("could not bring the records to the host: %s", strerror(-rc));
	else if (rc == 0)
		say("could not wait longer: the host has not said DONE for %d ms", answer_ms);
}
