/*
 * Calls whose caller has not gone on yet. A caller is known again by its level, world, stack and the address behind its
 * SMC, not by its core: a thread that is preempted right behind its SMC may go on on another one. Calls nest (EL1 to
 * EL2, EL2 to EL3), and some never return (PSCI CPU_OFF), so there is room for many, and the oldest gives way.
 */
#ifndef PENDING_H
#define PENDING_H
#include "calls.h"

struct pending {
	/* 0: nothing here. */
	uint64_t number;
	struct caller caller;
	uint8_t to;
	uint64_t pc, sp;
};

void pending_add(const struct pending *call);
/* Takes the newest call out that this caller made from `pc`; false when there is none. */
bool pending_take(struct caller caller, uint64_t pc, uint64_t sp, struct pending *call);

#endif
