/* What the EFI variable partition uses of OP-TEE's header of this name. */
#define DMSG(...)	((void)0)
