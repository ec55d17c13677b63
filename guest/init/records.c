#include "records.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channel.h"
#include "frame.h"
#include "say.h"

_Static_assert(sizeof(((struct record *)0)->buffer) == MAX_PAYLOAD + 1, "a record fits one frame");

/* Two numbers are kept free: for the record that says that there were too many, and for the end. */
static char *frames[MAX_SEQUENCE + 1];
static unsigned int count, sent;

void record_begin(struct record *record, const char *fact)
{
	record->text = text_in(record->buffer, sizeof(record->buffer));
	text_add(&record->text, "{\"fact\":\"%s\"", fact);
}

void record_bytes(struct record *record, const char *name, const char *bytes, size_t length)
{
	text_add(&record->text, ",\"%s\":", name);
	text_add_json(&record->text, bytes, length);
}

void record_string(struct record *record, const char *name, const char *value)
{
	record_bytes(record, name, value, strlen(value));
}

void record_number(struct record *record, const char *name, long value)
{
	text_add(&record->text, ",\"%s\":%ld", name, value);
}

void record_seconds(struct record *record, const char *name, double value)
{
	text_add(&record->text, ",\"%s\":%.6f", name, value);
}

void record_hex(struct record *record, const char *name, const unsigned char *bytes, size_t length)
{
	text_add(&record->text, ",\"%s\":\"", name);
	for (size_t n = 0; n < length; n++)
		text_add(&record->text, "%02x", bytes[n]);
	text_add(&record->text, "\"");
}

static void keep(const char *payload)
{
	char frame[MAX_FRAME];

	frame_write(frame, count + 1, payload);
	frames[count + 1] = strdup(frame);
	if (!frames[count + 1]) {
		say("could not keep record %u: no memory", count + 1);
		return;
	}
	count++;
	records_flush();
}

static void keep_if_room(const char *payload)
{
	if (count + 2 < MAX_SEQUENCE)
		keep(payload);
	else if (count + 2 == MAX_SEQUENCE)
		keep("{\"fact\":\"could-not\",\"what\":\"records\",\"why\":\"there are too many, the rest is left out\"}");
}

void record_finish(struct record *record)
{
	text_add(&record->text, "}");
	if (record->text.full) {
		could_not("record", "too long for one frame: %.200s", record->buffer);
		return;
	}
	keep_if_room(record->buffer);
}

void could_not(const char *what, const char *why, ...)
{
	struct record record;
	char reason[512];
	va_list arguments;

	va_start(arguments, why);
	vsnprintf(reason, sizeof(reason), why, arguments);
	va_end(arguments);
	say("could not: %.200s: %s", what, reason);
	record_begin(&record, "could-not");
	record_bytes(&record, "what", what, strnlen(what, 200));
	/* Escaped six times as long, it would be too long: then half of it says enough. */
	record_bytes(&record, "why", reason, json_length(reason, strlen(reason)) > 700 ? strnlen(reason, 100) : strlen(reason));
	text_add(&record.text, "}");
	if (!record.text.full)
		keep_if_room(record.buffer);
}

void records_end(void)
{
	struct record record;

	record_begin(&record, "end");
	record_number(&record, "records", (long)count + 1);
	text_add(&record.text, "}");
	keep(record.buffer);
}

unsigned int records_count(void)
{
	return count;
}

const char *records_frame(unsigned int sequence)
{
	return sequence >= 1 && sequence <= count ? frames[sequence] : NULL;
}

void records_restart(void)
{
	sent = 0;
}

void records_flush(void)
{
	while (sent < count && channel_send(frames[sent + 1]) == 0)
		sent++;
}
