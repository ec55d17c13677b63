/* Relays what a probe module saw. guest/ffa-probe/ffa-probe.c says how its lines look. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "modules.h"
#include "records.h"

#define READ_MS 2000
#define REGISTERS 8

static int read_seen(int out, const void *path)
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

/* Adds the next eight words as a list of strings. False when there are fewer. */
static int add_registers(struct record *record, const char *name, char **rest)
{
	text_add(&record->text, ",\"%s\":[", name);
	for (int n = 0; n < REGISTERS; n++) {
		const char *word = strsep(rest, " ");

		if (!word || !*word)
			return 0;
		text_add(&record->text, "%s", n ? "," : "");
		text_add_json(&record->text, word, strlen(word));
	}
	text_add(&record->text, "]");
	return 1;
}

static void relay_call(char *rest)
{
	const char *name = strsep(&rest, " "), *at = strsep(&rest, " ");
	const char *status = strsep(&rest, " "), *error = strsep(&rest, " ");
	struct record record;

	record_begin(&record, "ffa-call");
	record_string(&record, "name", name ? name : "");
	text_add(&record.text, ",\"at\":%s", at ? at : "");
	if (error && at[strspn(at, "0123456789.")] == '\0' && add_registers(&record, "request", &rest) &&
	    add_registers(&record, "response", &rest)) {
		record_string(&record, "status", status);
		record_number(&record, "errno", atol(error));
		record_finish(&record);
	} else {
		could_not("probe", "a call of the probe module cannot be read: %.200s", record.buffer);
	}
}

static void relay(char *line)
{
	char *rest = line;
	const char *kind = strsep(&rest, " ");

	if (strcmp(kind, "call") == 0 && rest) {
		relay_call(rest);
	} else if (strcmp(kind, "could-not") == 0 && rest) {
		const char *what = strsep(&rest, ":");

		could_not(what, "%s", rest ? rest + strspn(rest, " ") : "");
	} else {
		could_not("probe", "a line of the probe module cannot be read: %.200s", line);
	}
}

void probe_run(const char *name)
{
	struct yield seen;
	char path[300];
	char *rest, *line;

	if (module_load(name) != 0)
		return;
	snprintf(path, sizeof(path), "/proc/hyplab-%s", name);
	seen = child_run(read_seen, path, READ_MS, 65536);
	if (seen.rc != 0)
		could_not(path, "%s", strerror(-seen.rc));
	rest = seen.data;
	while (rest && (line = strsep(&rest, "\n")))
		if (*line)
			relay(line);
	free(seen.data);
}
