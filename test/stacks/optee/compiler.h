/* What the EFI variable partition uses of OP-TEE's header of this name. */
#define __packed	__attribute__((packed))
#define __aligned(n)	__attribute__((aligned(n)))
