#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct text text_in(char *buffer, size_t room)
{
	buffer[0] = '\0';
	return (struct text){ .at = buffer, .room = room };
}

void text_add(struct text *text, const char *format, ...)
{
	size_t left = text->room - text->length;
	va_list arguments;
	int wanted;

	if (text->full)
		return;
	va_start(arguments, format);
	wanted = vsnprintf(text->at + text->length, left, format, arguments);
	va_end(arguments);
	if (wanted < 0 || (size_t)wanted >= left) {
		text->at[text->length] = '\0';
		text->full = true;
		return;
	}
	text->length += (size_t)wanted;
}

/* The escape sequence, or the byte itself; by hand, for printf is slow under an emulator. Returns its length. */
static size_t escape(unsigned char byte, char out[6])
{
	static const char digits[] = "0123456789abcdef";
	char letter = byte == '\n' ? 'n' : byte == '\t' ? 't' : (char)byte;

	if (letter != (char)byte || byte == '"' || byte == '\\') {
		out[0] = '\\';
		out[1] = letter;
		return 2;
	}
	if (byte >= 0x20 && byte <= 0x7e) {
		out[0] = (char)byte;
		return 1;
	}
	memcpy(out, "\\u00", 4);
	out[4] = digits[byte >> 4];
	out[5] = digits[byte & 15];
	return 6;
}

static void add_bytes(struct text *text, const char *bytes, size_t length)
{
	if (text->full || length >= text->room - text->length) {
		text->full = true;
		return;
	}
	memcpy(text->at + text->length, bytes, length);
	text->length += length;
	text->at[text->length] = '\0';
}

void text_add_json(struct text *text, const char *bytes, size_t length)
{
	char out[6];

	add_bytes(text, "\"", 1);
	for (size_t n = 0; n < length; n++)
		add_bytes(text, out, escape((unsigned char)bytes[n], out));
	add_bytes(text, "\"", 1);
}

size_t json_length(const char *bytes, size_t length)
{
	size_t sum = 0;
	char out[6];

	for (size_t n = 0; n < length; n++)
		sum += escape((unsigned char)bytes[n], out);
	return sum;
}
