#include "frame.h"

#include <stdio.h>
#include <string.h>

uint32_t crc32_of(const char *bytes, size_t length)
{
	uint32_t crc = 0xffffffff;

	for (size_t n = 0; n < length; n++) {
		crc ^= (unsigned char)bytes[n];
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? (crc >> 1) ^ 0xedb88320 : crc >> 1;
	}
	return ~crc;
}

size_t frame_write(char out[MAX_FRAME], unsigned int sequence, const char *payload)
{
	char checked[MAX_FRAME];
	int counts = snprintf(checked, sizeof(checked), "%u %zu", sequence, strlen(payload));
	int all = snprintf(checked + counts, sizeof(checked) - (size_t)counts, " %s", payload);
	uint32_t crc = crc32_of(checked, (size_t)(counts + all));

	return (size_t)snprintf(out, MAX_FRAME, "HYP1 %.*s %08x %s\n", counts, checked, crc, payload);
}
