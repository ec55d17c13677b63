#include "facts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "expand.h"
#include "frame.h"
#include "records.h"

/* A path takes at most this much of a frame, escaped; the frame around a part takes less than 100. */
#define MAX_PATH_JSON 1000

static int limit_ms = 2000;
static size_t most_bytes = 65536;

void facts_set_limit(int new_limit_ms)
{
	limit_ms = new_limit_ms;
}

void facts_set_bytes(size_t most)
{
	most_bytes = most;
}

static int read_file(int out, const void *path)
{
	int from = open(path, O_RDONLY | O_CLOEXEC);
	char buffer[4096];

	if (from < 0)
		return -errno;
	for (;;) {
		ssize_t got = read(from, buffer, sizeof(buffer));

		if (got < 0)
			return -errno;
		if (got == 0)
			return 0;
		if (write_all(out, buffer, (size_t)got) < 0)
			return -EPIPE;
	}
}

/* The names, sorted, each with a NUL. */
static int read_list(int out, const void *path)
{
	struct dirent **entries;
	int count = scandir(path, &entries, NULL, alphasort), rc = 0;

	if (count < 0)
		return -errno;
	for (int n = 0; n < count && rc == 0; n++) {
		const char *name = entries[n]->d_name;

		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
			rc = write_all(out, name, strlen(name) + 1);
	}
	return rc;
}

static int read_link(int out, const void *path)
{
	char target[4096];
	ssize_t length = readlink(path, target, sizeof(target));

	return length < 0 ? -errno : write_all(out, target, (size_t)length);
}

static int find_matches(int out, const void *pattern)
{
	return expand(out, pattern);
}

static void begin(struct record *record, const char *kind, const char *path, int rc)
{
	record_begin(record, kind);
	record_string(record, "path", path);
	record_number(record, "rc", rc);
}

static void finish_part(struct record *record, size_t part, size_t parts)
{
	if (parts > 1) {
		record_number(record, "part", (long)part);
		record_number(record, "parts", (long)parts);
	}
	record_finish(record);
}

/* How many of these bytes fit a frame beside the path. */
static size_t fitting(const char *bytes, size_t length, size_t room)
{
	size_t used = 0, count = 0;

	while (count < length && used + json_length(bytes + count, 1) <= room)
		used += json_length(bytes + count++, 1);
	return count;
}

static void send_file(const char *path, const struct yield *yield)
{
	size_t room = MAX_PAYLOAD - 100 - json_length(path, strlen(path));
	const char *data = yield->data ? yield->data : "";
	size_t parts = 0, part = 1, at = 0;
	struct record record;

	for (size_t n = 0; n < yield->length; n += fitting(data + n, yield->length - n, room))
		parts++;
	do {
		size_t count = fitting(data + at, yield->length - at, room);

		begin(&record, "file", path, yield->rc);
		record_bytes(&record, "text", data + at, count);
		finish_part(&record, part++, parts);
		at += count;
	} while (at < yield->length);
}

/* How many bytes of NUL-ended names fit a frame beside the path, at least those of one name. */
static size_t fitting_names(const char *names, size_t length, size_t room)
{
	size_t used = 0, count = 0;

	while (count < length) {
		size_t name = strlen(names + count);

		if (used + json_length(names + count, name) + 3 > room && count > 0)
			break;
		used += json_length(names + count, name) + 3;
		count += name + 1;
	}
	return count;
}

static void send_list(const char *path, const struct yield *yield)
{
	size_t room = MAX_PAYLOAD - 100 - json_length(path, strlen(path));
	const char *data = yield->data ? yield->data : "";
	size_t parts = 0, part = 1, at = 0;
	struct record record;

	for (size_t n = 0; n < yield->length; n += fitting_names(data + n, yield->length - n, room))
		parts++;
	do {
		size_t end = at + fitting_names(data + at, yield->length - at, room);

		begin(&record, "list", path, yield->rc);
		text_add(&record.text, ",\"names\":[");
		for (const char *comma = ""; at < end; at += strlen(data + at) + 1, comma = ",") {
			text_add(&record.text, "%s", comma);
			text_add_json(&record.text, data + at, strlen(data + at));
		}
		text_add(&record.text, "]");
		finish_part(&record, part++, parts);
	} while (at < yield->length);
}

static void send_link(const char *path, const struct yield *yield)
{
	struct record record;

	begin(&record, "link", path, yield->rc);
	record_bytes(&record, "target", yield->data ? yield->data : "", yield->length);
	record_finish(&record);
}

static const struct kind {
	const char *name;
	int (*read)(int out, const void *path);
	void (*send)(const char *path, const struct yield *yield);
} kinds[] = {
	{ "file", read_file, send_file },
	{ "list", read_list, send_list },
	{ "link", read_link, send_link },
};

static void send_one(const struct kind *kind, const char *path, size_t most)
{
	struct yield yield;

	if (json_length(path, strlen(path)) > MAX_PATH_JSON) {
		could_not("fact", "the path is too long: %.100s...", path);
		return;
	}
	yield = child_run(kind->read, path, limit_ms, most);
	if (yield.cut) {
		/* A list that was cut ends in the middle of a name. */
		while (kind->read == read_list && yield.length > 0 && yield.data[yield.length - 1] != '\0')
			yield.length--;
		could_not(path, "longer than %zu bytes, the rest is left out", most);
	}
	kind->send(path, &yield);
	free(yield.data);
}

static void send_matches(const struct kind *kind, const char *pattern, size_t most)
{
	struct yield matches = child_run(find_matches, pattern, limit_ms, most_bytes);

	for (size_t at = 0; at < matches.length; at += strlen(matches.data + at) + 1)
		send_one(kind, matches.data + at, most);
	if (matches.rc != 0 || matches.cut || matches.length == 0)
		kind->send(pattern, &(struct yield){ .rc = matches.rc != 0 ? matches.rc : matches.cut ? -E2BIG : -ENOENT });
	free(matches.data);
}

void fact_send(const char *kind, const char *path)
{
	size_t length = strcspn(kind, ":");
	long given = kind[length] ? atol(kind + length + 1) : 0;
	size_t most = given > 0 ? (size_t)given : most_bytes;

	for (size_t n = 0; n < sizeof(kinds) / sizeof(kinds[0]); n++) {
		if (strlen(kinds[n].name) != length || strncmp(kinds[n].name, kind, length) != 0)
			continue;
		if (path[0] != '/' || json_length(path, strlen(path)) > MAX_PATH_JSON)
			could_not("fact", "the path is too long or not absolute: %.100s", path);
		else if (has_wildcard(path))
			send_matches(&kinds[n], path, most);
		else
			send_one(&kinds[n], path, most);
		return;
	}
	could_not("fact", "there is no kind %.50s", kind);
}
