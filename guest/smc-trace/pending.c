#include "pending.h"

enum { ROOM = 256 };

static struct pending calls[ROOM];
static unsigned int next;

void pending_add(const struct pending *call)
{
	calls[next++ % ROOM] = *call;
}

bool pending_take(struct caller caller, uint64_t pc, uint64_t sp, struct pending *call)
{
	for (unsigned int age = 1; age <= ROOM; age++) {
		struct pending *one = &calls[(next - age) % ROOM];

		if (!one->number || one->pc != pc || one->sp != sp)
			continue;
		if (one->caller.level != caller.level || one->caller.secure != caller.secure)
			continue;
		*call = *one;
		one->number = 0;
		return true;
	}
	return false;
}
