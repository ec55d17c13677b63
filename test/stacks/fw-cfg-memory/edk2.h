/* As much of EDK2 as FwCfgMemoryLib needs, for this host. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef uint64_t UINT64;
typedef uint32_t UINT32;
typedef uint16_t UINT16;
typedef uint8_t UINT8;
typedef uintptr_t UINTN;
typedef bool BOOLEAN;
typedef char CHAR8;
typedef UINTN EFI_STATUS;
typedef UINTN RETURN_STATUS;
typedef UINT32 FIRMWARE_CONFIG_ITEM;
#define VOID void
#define CONST const
#define STATIC static
#define EFIAPI
#define IN
#define OUT
#define OPTIONAL
#define TRUE true
#define FALSE false
#define EFI_SUCCESS 0
#define EFI_ACCESS_DENIED 15
#define EFI_NOT_FOUND 14
#define RETURN_SUCCESS 0
#define RETURN_UNSUPPORTED 3
#define RETURN_NOT_FOUND 14
#define EFI_ERROR(status) ((status) != EFI_SUCCESS)
#define EFI_MEMORY_WB 8
#define QEMU_FW_CFG_FNAME_SIZE 56
#define DEBUG_WARN 0
#define DEBUG_ERROR 0
#define DEBUG(words) ((void)0)
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define SIGNATURE_64(a, b, c, d, e, f, g, h) \
	((UINT64)(a) | (UINT64)(b) << 8 | (UINT64)(c) << 16 | (UINT64)(d) << 24 | (UINT64)(e) << 32 | (UINT64)(f) << 40 | \
	 (UINT64)(g) << 48 | (UINT64)(h) << 56)
enum { QemuFwCfgItemFileDir = 0x19 };
enum { EfiGcdMemoryTypeReserved };

#define SwapBytes16 __builtin_bswap16
#define SwapBytes32 __builtin_bswap32
#define SwapBytes64 __builtin_bswap64
#define CopyMem memcpy
#define ZeroMem(buffer, size) memset(buffer, 0, size)
#define AsciiStrCmp strcmp

static inline UINT64 ReadUnaligned64(CONST UINT64 *at)
{
	UINT64 value;

	memcpy(&value, at, sizeof(value));
	return value;
}

typedef struct FDT_CLIENT_PROTOCOL FDT_CLIENT_PROTOCOL;
struct FDT_CLIENT_PROTOCOL {
	EFI_STATUS (*FindCompatibleNodeReg)(FDT_CLIENT_PROTOCOL *self, CONST CHAR8 *compatible, CONST VOID **reg,
					    UINTN *address_cells, UINTN *size_cells, UINT32 *size);
};
typedef struct {
	EFI_STATUS (*AddMemorySpace)(int type, UINT64 base, UINT64 size, UINT64 capabilities);
	EFI_STATUS (*SetMemorySpaceAttributes)(UINT64 base, UINT64 size, UINT64 attributes);
} DXE_SERVICES;
typedef struct {
	EFI_STATUS (*LocateProtocol)(VOID *protocol, VOID *registration, VOID **interface);
} BOOT_SERVICES;
extern DXE_SERVICES *gDS;
extern BOOT_SERVICES *gBS;
extern int gFdtClientProtocolGuid;

RETURN_STATUS FwCfgMemoryInitialize(VOID);
BOOLEAN QemuFwCfgIsAvailable(VOID);
VOID QemuFwCfgSelectItem(FIRMWARE_CONFIG_ITEM item);
VOID QemuFwCfgReadBytes(UINTN size, VOID *buffer);
VOID QemuFwCfgSkipBytes(UINTN size);
UINT32 QemuFwCfgRead32(VOID);
RETURN_STATUS QemuFwCfgFindFile(CONST CHAR8 *name, FIRMWARE_CONFIG_ITEM *item, UINTN *size);
