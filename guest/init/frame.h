/* The frame around a record; domain/records/frame.ts says what it is and is the other end. */
#ifndef FRAME_H
#define FRAME_H
#include <stddef.h>
#include <stdint.h>

#define MAX_PAYLOAD 2000
#define MAX_SEQUENCE 10000
/* "HYP1 10000 2000 01234567 " + payload + "\n" + NUL */
#define MAX_FRAME (25 + MAX_PAYLOAD + 2)

uint32_t crc32_of(const char *bytes, size_t length);
/* Writes the frame and a NUL; returns its length without the NUL. `payload` is printable ASCII, at most MAX_PAYLOAD. */
size_t frame_write(char out[MAX_FRAME], unsigned int sequence, const char *payload);
#endif
