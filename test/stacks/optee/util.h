/* What the EFI variable partition uses of OP-TEE's header of this name. */
#include "compiler.h"

#define BIT64(n)	(UINT64_C(1) << (n))
#define MIN(a, b)	((a) < (b) ? (a) : (b))
#define ROUNDUP(v, n)	(((v) + (n) - 1) / (n) * (n))
