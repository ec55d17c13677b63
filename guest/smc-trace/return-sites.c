#include "return-sites.h"

#include <pthread.h>
#include <stdatomic.h>

#define PAGE_OFFSET(address) ((address) & 0xfff)

/* A kernel with firmware has some dozen SMC instructions that are executed at all. */
enum { ROOM = 1024 };

static const char *_Atomic sites[ROOM];
static atomic_uint count;
static pthread_mutex_t adding = PTHREAD_MUTEX_INITIALIZER;

bool return_sites_has(const void *place, uint64_t vaddr)
{
	unsigned int known = atomic_load(&count);

	/* What stands before it is on another page, which may be anywhere: better one look too many. */
	if (PAGE_OFFSET(vaddr) == 0)
		return true;
	for (unsigned int i = 0; place && i < known; i++)
		if (atomic_load_explicit(&sites[i], memory_order_relaxed) == place)
			return true;
	return false;
}

void return_sites_add(const void *smc, uint64_t vaddr)
{
	const char *behind = (const char *)smc + 4;

	if (!smc || PAGE_OFFSET(vaddr + 4) == 0)
		return;
	pthread_mutex_lock(&adding);
	if (!return_sites_has(behind, vaddr + 4) && count < ROOM) {
		atomic_store(&sites[count], behind);
		atomic_fetch_add(&count, 1);
	}
	pthread_mutex_unlock(&adding);
}
