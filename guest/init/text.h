/* A text that grows up to a bound, with JSON's escapes. What does not fit is not added and is remembered in `full`. */
#ifndef TEXT_H
#define TEXT_H
#include <stdbool.h>
#include <stddef.h>

struct text {
	char *at;
	size_t length, room;
	bool full;
};

/* A text in this buffer; `room` counts the final NUL, which is always there. */
struct text text_in(char *buffer, size_t room);
void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A JSON string, quotes included: each byte outside printable ASCII becomes \u00XX, so no byte is lost. */
void text_add_json(struct text *text, const char *bytes, size_t length);
/* How long these bytes are inside a JSON string, without the quotes. */
size_t json_length(const char *bytes, size_t length);
#endif
