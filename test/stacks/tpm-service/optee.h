/*
 * As much of OP-TEE as the TPM service needs, for this host. Physical memory is what main.c makes of it: an access beside
 * the TPM's pages and the Command Response Buffers ends the program.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef uintptr_t vaddr_t;
typedef uintptr_t paddr_t;
typedef uint32_t TEE_Result;
#define TEE_SUCCESS 0
#define TEE_ERROR_GENERIC 0xffff0000
#define TEE_ERROR_BAD_PARAMETERS 0xffff0006
#define TEE_ERROR_ITEM_NOT_FOUND 0xffff0008
#define TEE_ERROR_COMMUNICATION 0xffff000e
#define TEE_ERROR_SHORT_BUFFER 0xffff0010

#define BIT(n) (1U << (n))
#define SHIFT_U32(value, by) ((uint32_t)(value) << (by))
#define GENMASK_32(high, low) ((~0U << (low)) & (~0U >> (31 - (high))))
#define MIN(a, b) ((a) < (b) ? (a) : (b))

#define EMSG(...) (fprintf(stderr, __VA_ARGS__), fputc('\n', stderr))
#define IMSG EMSG

enum { MEM_AREA_IO_SEC, MEM_AREA_IO_NSEC };
#define register_phys_mem(type, address, size) _Static_assert((size) % 0x1000 == 0, #address)
static inline void *phys_to_virt(paddr_t address, int type, size_t size)
{
	(void)type;
	(void)size;
	return (void *)address;
}
uint8_t io_read8(vaddr_t at);
uint32_t io_read32(vaddr_t at);
void io_write8(vaddr_t at, uint8_t value);
void io_write32(vaddr_t at, uint32_t value);

/* A clock that goes on when it is asked, so that no test waits. */
uint64_t timeout_init_us(uint32_t us);
bool timeout_elapsed(uint64_t end);

/* The device tree, and what main.c says is in it. */
static inline const void *get_external_dt(void)
{
	return "";
}
int fdt_node_offset_by_compatible(const void *fdt, int from, const char *compatible);

#define SPINLOCK_UNLOCK 0
/* Whether another CPU is in there. */
extern unsigned int busy;
static inline bool cpu_spin_trylock(unsigned int *lock)
{
	return !busy && !*lock && (*lock = 1);
}
static inline void cpu_spin_unlock(unsigned int *lock)
{
	*lock = 0;
}

/* core/arch/arm/include/ffa.h and kernel/thread_arch.h */
#define FFA_ERROR 0x84000060
#define FFA_MSG_SEND_DIRECT_REQ_32 0x8400006f
#define FFA_MSG_SEND_DIRECT_RESP_32 0x84000070
#define FFA_MSG_SEND_DIRECT_REQ_64 0xc400006f
#define FFA_MSG_SEND_DIRECT_RESP_64 0xc4000070
#define FFA_MSG_SEND_DIRECT_REQ2 0xc400008d
#define FFA_MSG_SEND_DIRECT_RESP2 0xc400008e
#define FFA_PARAM_MBZ 0
#define FFA_INVALID_PARAMETERS -2
#define FFA_BUSY -4
#define FFA_PART_PROP_DIRECT_REQ_RECV BIT(0)
#define FFA_PART_PROP_AARCH64_STATE BIT(8)
#define FFA_PART_PROP_DIRECT_REQ2_RECV BIT(9)
#define FFA_DST(x) ((x) & UINT16_MAX)
#define FFA_SRC(x) (((x) >> 16) & UINT16_MAX)
#define OPTEE_SMC_IS_64(function) ((function) & 0x40000000)
struct thread_smc_1_2_regs {
	uint64_t a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17;
};
struct spmc_lsp_desc {
	void (*direct_req)(struct thread_smc_1_2_regs *args);
	uint16_t sp_id;
	uint32_t properties;
	uint32_t uuid_words[4];
	const char *name;
};
static inline void spmc_set_args(struct thread_smc_1_2_regs *args, uint32_t function, uint32_t ids, uint32_t w2,
				 uint32_t w3, uint32_t w4, uint32_t w5)
{
	*args = (struct thread_smc_1_2_regs){
		.a0 = function, .a1 = ids, .a2 = w2, .a3 = w3, .a4 = w4, .a5 = w5
	};
}
TEE_Result spmc_register_lsp(struct spmc_lsp_desc *desc);

#define nex_service_init_late(function) TEE_Result (*const service_init)(void) = function
extern TEE_Result (*const service_init)(void);
