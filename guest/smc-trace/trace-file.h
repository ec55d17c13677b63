/*
 * The trace as a file, version 1. All numbers are little-endian and unsigned. A header, then records of equal size, each
 * written whole and at once when it happens: what is in the file is true however QEMU ended, and a file that was cut
 * anywhere is good up to its last whole record. domain/smc/read-trace.ts reads it.
 *
 * header, 32 bytes
 *    0  16  "hyplab SMC trace"
 *   16   2  version, 1
 *   18   2  bytes of this header: where the first record stands
 *   20   2  bytes of a record: a reader skips what it does not know at the end of each
 *   22   2  which calls are recorded: bit 0 FF-A, bit 1 PSCI, bit 2 TRNG
 *   24   8  when the trace began, nanoseconds since 1970
 *
 * record, 96 bytes
 *    0   1  1: an SMC is about to be executed; 2: the caller goes on behind it
 *    1   1  exception level of the caller
 *    2   1  exception level that the call is taken to
 *    3   1  bit 0: the caller is in the Secure state (EL3 always is)
 *    4   4  number of the core; of a return, the one on which the caller goes on
 *    8   8  number of the call, from 1 and without gaps; a return has that of its call, and comes at most once
 *   16   8  nanoseconds since 1970, the host's clock
 *   24   8  address of the SMC instruction, in the caller's address space
 *   32  64  x0 to x7 of the caller
 */
#ifndef TRACE_FILE_H
#define TRACE_FILE_H
#include <stdbool.h>
#include <stdint.h>

enum { TRACE_ARGUMENTS = 8 };
enum trace_kind { TRACE_CALL = 1, TRACE_RETURN = 2 };
enum trace_group { TRACE_FFA = 1 << 0, TRACE_PSCI = 1 << 1, TRACE_TRNG = 1 << 2 };

struct trace_record {
	enum trace_kind kind;
	uint8_t from, to;
	bool secure;
	uint32_t cpu;
	uint64_t number, pc;
	uint64_t x[TRACE_ARGUMENTS];
};

/* Makes the file, which must not exist, and writes the header; false, with a word on standard error, when it cannot. */
bool trace_open(const char *path, unsigned int groups);
/* Writes one record with the time of now. Not to be called by two threads at once. */
void trace_write(const struct trace_record *record);

#endif
