/* The records of this boot: all are kept, so that each can be sent again when the host asks for it. */
#ifndef RECORDS_H
#define RECORDS_H
#include "text.h"

/* A record being written: `text` has its JSON so far. Begin, add members to it, then finish. */
struct record {
	struct text text;
	char buffer[2001];
};

/* Begins `{"fact":"<fact>"`. */
void record_begin(struct record *record, const char *fact);
void record_string(struct record *record, const char *name, const char *value);
void record_bytes(struct record *record, const char *name, const char *bytes, size_t length);
void record_number(struct record *record, const char *name, long value);
/* With six decimals. */
void record_seconds(struct record *record, const char *name, double value);
/* A string of two hex digits a byte. */
void record_hex(struct record *record, const char *name, const unsigned char *bytes, size_t length);
/* Closes the record, gives it the next sequence number, keeps it and sends it when a channel is open. */
void record_finish(struct record *record);

/* The record `could-not`: what was not possible, and why. */
void could_not(const char *what, const char *why, ...) __attribute__((format(printf, 2, 3)));
/* The record `end`, whose count is its own sequence number. */
void records_end(void);

unsigned int records_count(void);
/* The frame of a record, NULL when there is none of that number. */
const char *records_frame(unsigned int sequence);
/* Sends what has not been sent because no channel was open. */
void records_flush(void);
/* A new channel is there: what went into an older one may be lost, so all of it is sent again. */
void records_restart(void);
#endif
