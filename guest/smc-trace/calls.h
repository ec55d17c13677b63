/* What the architecture says of an SMC: which call it is, who makes it and where it goes. */
#ifndef CALLS_H
#define CALLS_H
#include <stdbool.h>
#include <stdint.h>

/* Who runs, out of the registers of the core. */
struct caller {
	uint8_t level;
	bool secure;
};

/* The `enum trace_group` of a function id, 0 for all other calls. */
unsigned int call_group(uint64_t x0);
/* False in AArch32, whose SMC is another instruction. */
bool caller_of(uint64_t cpsr, uint64_t scr_el3, struct caller *caller);
/* The exception level that an SMC is taken to. */
uint8_t call_target(struct caller caller, uint64_t hcr_el2, uint64_t scr_el3);

#endif
