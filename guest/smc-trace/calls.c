#include "calls.h"

#include "trace-file.h"

/* Arm ARM (DDI 0487): SPSR_ELx and the registers of D24. */
#define CPSR_NRW (1u << 4)
#define CPSR_EL(cpsr) (((cpsr) >> 2) & 3)
#define HCR_TSC (1ull << 19)
#define HCR_TGE (1ull << 27)
#define SCR_NS (1ull << 0)
#define SCR_SMD (1ull << 7)
#define SCR_EEL2 (1ull << 18)

/*
 * SMC Calling Convention (DEN0028) 6: fast calls of the standard secure services, 32 and 64 bit. PSCI has the numbers
 * 0 to 1f (DEN0022), TRNG 50 to 5f (DEN0098), FF-A 60 to ff (DEN0077A).
 */
unsigned int call_group(uint64_t x0)
{
	uint32_t id = (uint32_t)x0;
	uint32_t number = id & 0xffff;

	if ((id & 0xbfff0000) != 0x84000000)
		return 0;
	if (number <= 0x1f)
		return TRACE_PSCI;
	if (number >= 0x50 && number <= 0x5f)
		return TRACE_TRNG;
	return number >= 0x60 && number <= 0xff ? TRACE_FFA : 0;
}

bool caller_of(uint64_t cpsr, uint64_t scr_el3, struct caller *caller)
{
	caller->level = CPSR_EL(cpsr);
	caller->secure = caller->level == 3 || !(scr_el3 & SCR_NS);
	return !(cpsr & CPSR_NRW);
}

/* AArch64.CheckForSMCUndefOrTrap() in the Arm ARM's pseudocode: EL2 comes before SMD, and EL0 has no SMC. */
uint8_t call_target(struct caller caller, uint64_t hcr_el2, uint64_t scr_el3)
{
	bool el2 = !caller.secure || (scr_el3 & SCR_EEL2);

	if (caller.level == 0)
		return el2 && (hcr_el2 & HCR_TGE) ? 2 : 1;
	if (caller.level == 1 && el2 && (hcr_el2 & HCR_TSC))
		return 2;
	return scr_el3 & SCR_SMD ? caller.level : 3;
}
