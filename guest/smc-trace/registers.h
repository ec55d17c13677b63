/* The registers of the core that runs, as QEMU shows them to debuggers. */
#ifndef REGISTERS_H
#define REGISTERS_H
#include <stdbool.h>
#include <stdint.h>

enum register_name { X0, X7 = X0 + 7, SP, PC, CPSR, HCR_EL2, SCR_EL3, REGISTER_COUNT };

/* Looks the registers up; to be called by each core when it is made. */
void registers_find(unsigned int cpu);
/* Whether all registers of a core were found: a core without EL3 has no SCR_EL3, and traces nothing. */
bool registers_known(unsigned int cpu);
/* Takes the core that runs, whose registers are known. */
uint64_t registers_read(unsigned int cpu, enum register_name name);

#endif
