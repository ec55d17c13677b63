/* Relays what a probe module saw. guest/ffa-probe/main.c says how its lines look. */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "modules.h"
#include "records.h"

/* For one round of questions: a partition may take its time. */
#define ROUND_MS 10000
#define MAX_ROUNDS 32
#define MAX_REGISTERS 18

static int read_round(int out, const void *path)
{
	int from = open(path, O_RDONLY | O_CLOEXEC);
	char buffer[4096];
	ssize_t got = 0;

	if (from < 0)
		return -errno;
	while ((got = read(from, buffer, sizeof(buffer))) > 0)
		if (write_all(out, buffer, (size_t)got) < 0)
			return -EPIPE;
	return got < 0 ? -errno : 0;
}

/* Adds the next words as a list of strings. False when there are fewer. */
static bool add_registers(struct record *record, const char *name, int count, char **rest)
{
	text_add(&record->text, ",\"%s\":[", name);
	for (int n = 0; n < count; n++) {
		const char *word = strsep(rest, " ");

		if (!word || !*word)
			return false;
		text_add(&record->text, "%s", n ? "," : "");
		text_add_json(&record->text, word, strlen(word));
	}
	text_add(&record->text, "]");
	return true;
}

static bool add_time(struct record *record, const char *at)
{
	if (!at || !*at || at[strspn(at, "0123456789.")] != '\0')
		return false;
	text_add(&record->text, ",\"at\":%s", at);
	return true;
}

static bool relay_call(char *rest, struct record *record)
{
	const char *name = strsep(&rest, " "), *at = strsep(&rest, " "), *status = strsep(&rest, " ");
	const char *error = strsep(&rest, " "), *word = strsep(&rest, " ");
	int count = word ? atoi(word) : 0;

	record_begin(record, "ffa-call");
	record_string(record, "name", name);
	if (!add_time(record, at) || count < 8 || count > MAX_REGISTERS)
		return false;
	record_string(record, "status", status);
	record_number(record, "errno", atol(error));
	if (!add_registers(record, "request", count, &rest) || !add_registers(record, "response", count, &rest))
		return false;
	if (rest && *rest)
		record_string(record, "about", rest);
	return true;
}

static bool relay_driver(char *rest, struct record *record)
{
	const char *op = strsep(&rest, " "), *at = strsep(&rest, " "), *error = strsep(&rest, " ");
	const char *value = strsep(&rest, " ");

	record_begin(record, "ffa-driver");
	record_string(record, "op", op);
	if (!add_time(record, at) || !value)
		return false;
	record_number(record, "errno", atol(error));
	record_string(record, "value", value);
	record_string(record, "about", rest ? rest : "");
	return true;
}

static bool relay_partition(char *rest, struct record *record)
{
	const char *device = strsep(&rest, " "), *id = strsep(&rest, " "), *uuid = strsep(&rest, " ");

	record_begin(record, "ffa-partition");
	if (!uuid || !rest)
		return false;
	record_string(record, "device", device);
	record_number(record, "id", atol(id));
	record_string(record, "uuid", uuid);
	record_number(record, "properties", (long)strtoul(rest, NULL, 16));
	return true;
}

static void relay_could_not(char *rest)
{
	const char *what = strsep(&rest, ":");

	could_not(what, "%s", rest ? rest + strspn(rest, " ") : "");
}

static const struct kind {
	const char *name;
	bool (*relay)(char *rest, struct record *record);
} kinds[] = {
	{ "call", relay_call },
	{ "driver", relay_driver },
	{ "partition", relay_partition },
};

static void probe_line(char *line)
{
	char *rest = line;
	const char *name = strsep(&rest, " ");
	struct record record;

	for (size_t n = 0; rest && n < sizeof(kinds) / sizeof(kinds[0]); n++) {
		if (strcmp(kinds[n].name, name) != 0)
			continue;
		if (kinds[n].relay(rest, &record))
			record_finish(&record);
		else
			could_not("probe", "a line of the probe module cannot be read: %.200s", record.buffer);
		return;
	}
	if (rest && strcmp(name, "could-not") == 0)
		relay_could_not(rest);
	else
		could_not("probe", "a line of the probe module is not known: %.200s", name);
}

/* False after the last round, and when it could not be had. */
static bool relay_round(const char *path)
{
	struct yield seen = child_run(read_round, path, ROUND_MS, 65536);
	bool goes_on = seen.rc == 0;
	char *rest = seen.data, *line;

	if (seen.rc != 0)
		could_not(path, "%s", strerror(-seen.rc));
	while (rest && (line = strsep(&rest, "\n"))) {
		if (strcmp(line, "end") == 0)
			goes_on = false;
		else if (*line)
			probe_line(line);
	}
	free(seen.data);
	return goes_on;
}

void probe_run(const char *name)
{
	char path[300];

	if (module_load(name) != 0)
		return;
	snprintf(path, sizeof(path), "/proc/hyplab-%s", name);
	for (int n = 0; n < MAX_ROUNDS && relay_round(path); n++)
		;
}
