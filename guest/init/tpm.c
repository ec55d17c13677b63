#include "tpm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "child.h"
#include "log-clock.h"
#include "records.h"

/* The longest answer to one of our commands is far shorter; what is more would be no answer to it. */
#define MAX_ANSWER 512

static int limit_ms = 10000;

void tpm_set_limit(int new_limit_ms)
{
	limit_ms = new_limit_ms;
}

/* TPM 2.0 Library part 3; tag TPM_ST_NO_SESSIONS, size, command code, parameters, all big endian. */
static const struct command {
	const char *name;
	unsigned char bytes[22];
	size_t length;
} commands[] = {
	{ "TPM2_GetRandom", { 0x80, 0x01, 0, 0, 0, 12, 0, 0, 0x01, 0x7b, 0, 16 }, 12 },
	/* TPM_CAP_PCRS: the allocated banks. */
	{ "TPM2_GetCapability(PCRS)",
	  { 0x80, 0x01, 0, 0, 0, 22, 0, 0, 0x01, 0x7a, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 1 },
	  22 },
	/* TPM_CAP_TPM_PROPERTIES from TPM_PT_FIXED on: family, level, revision, date, manufacturer, name, firmware. */
	{ "TPM2_GetCapability(FIXED)",
	  { 0x80, 0x01, 0, 0, 0, 22, 0, 0, 0x01, 0x7a, 0, 0, 0, 6, 0, 0, 0x01, 0, 0, 0, 0, 16 },
	  22 },
};

struct asking {
	const char *device;
	const struct command *command;
};

/* A command is one write, its answer one read (drivers/char/tpm/tpm-dev-common.c). */
static int ask(int out, const void *argument)
{
	const struct asking *asking = argument;
	int device = open(asking->device, O_RDWR | O_CLOEXEC);
	char answer[MAX_ANSWER];
	ssize_t count;

	if (device < 0)
		return -errno;
	count = write(device, asking->command->bytes, asking->command->length);
	if (count < 0)
		return -errno;
	if ((size_t)count != asking->command->length)
		return -EIO;
	count = read(device, answer, sizeof(answer));
	if (count < 0)
		return -errno;
	return count == 0 ? -ENODATA : write_all(out, answer, (size_t)count);
}

void tpm_ask(const char *device)
{
	for (size_t n = 0; n < sizeof(commands) / sizeof(commands[0]); n++) {
		const struct asking asking = { device, &commands[n] };
		double began = log_clock();
		struct yield yield = child_run(ask, &asking, limit_ms, MAX_ANSWER);
		struct record record;

		record_begin(&record, "tpm-command");
		record_string(&record, "device", device);
		record_string(&record, "command", commands[n].name);
		record_seconds(&record, "at", began);
		record_seconds(&record, "took", log_clock() - began);
		record_number(&record, "rc", yield.rc);
		record_hex(&record, "request", commands[n].bytes, commands[n].length);
		record_hex(&record, "response", (unsigned char *)yield.data, yield.rc == 0 ? yield.length : 0);
		record_finish(&record);
		free(yield.data);
		/* What does not answer once is not made to be waited for again. */
		if (yield.rc == -ENOENT || yield.rc == -ETIMEDOUT)
			return;
	}
}
