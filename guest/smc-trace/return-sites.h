/* Where callers go on: the instructions right behind an SMC. */
#ifndef RETURN_SITES_H
#define RETURN_SITES_H
#include <stdbool.h>
#include <stdint.h>

/*
 * Takes the place of an SMC in the target's memory (what qemu_plugin_insn_haddr says) and its address. Places are kept,
 * not addresses, since QEMU translates code once and runs it at every address that it is mapped at.
 */
void return_sites_add(const void *smc, uint64_t vaddr);
/* Whether the instruction at a place, with this address, may stand right behind an SMC that was added. */
bool return_sites_has(const void *place, uint64_t vaddr);

#endif
