/*
 * FwCfgMemoryLib on this host: `main BASE SIZE [FILE@ADDRESS...]` has the files at their addresses and a device tree that says
 * where fw_cfg is, and is told by lines on standard input what to read, one line of answer each.
 *   there            -> yes or no
 *   word KEY         -> the first 32 bits of an item
 *   item KEY SKIP N  -> N bytes of an item behind SKIP, in hex
 *   file NAME        -> key and size of a file, or none
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

static UINT64 reg[2];
static UINT64 mapped_base, mapped_size;
static int mapped, set;
int gFdtClientProtocolGuid;

static EFI_STATUS find(FDT_CLIENT_PROTOCOL *self, CONST CHAR8 *compatible, CONST VOID **found, UINTN *address_cells,
		       UINTN *size_cells, UINT32 *size)
{
	(void)self;
	*found = reg;
	*address_cells = *size_cells = 2;
	*size = sizeof(reg);
	return !reg[1] || strcmp(compatible, "hyplab,fw-cfg-memory") ? EFI_NOT_FOUND : EFI_SUCCESS;
}

static EFI_STATUS add(int type, UINT64 base, UINT64 size, UINT64 capabilities)
{
	(void)type;
	(void)capabilities;
	mapped_base = base;
	mapped_size = size;
	return mapped++ ? EFI_ACCESS_DENIED : EFI_SUCCESS;
}

static EFI_STATUS attributes(UINT64 base, UINT64 size, UINT64 value)
{
	set += base == mapped_base && size == mapped_size && value == EFI_MEMORY_WB;
	return EFI_SUCCESS;
}

static FDT_CLIENT_PROTOCOL client = { find };
static EFI_STATUS locate(VOID *protocol, VOID *registration, VOID **interface)
{
	(void)registration;
	*interface = &client;
	return protocol == &gFdtClientProtocolGuid ? EFI_SUCCESS : EFI_NOT_FOUND;
}

static DXE_SERVICES dxe = { add, attributes };
static BOOT_SERVICES boot = { locate };
DXE_SERVICES *gDS = &dxe;
BOOT_SERVICES *gBS = &boot;

static void put(char *word)
{
	char *at = strrchr(word, '@');
	struct stat stat;
	int file;

	*at = '\0';
	file = open(word, O_RDONLY);
	if (file < 0 || fstat(file, &stat) ||
	    mmap((void *)strtoull(at + 1, NULL, 0), stat.st_size, PROT_READ, MAP_PRIVATE | MAP_FIXED_NOREPLACE, file, 0) ==
		    MAP_FAILED)
		exit(3);
}

int main(int count, char **words)
{
	static char line[256], name[256];
	static UINT8 bytes[0x10000];
	FIRMWARE_CONFIG_ITEM key;
	unsigned int skip, n;
	UINTN size;

	reg[0] = __builtin_bswap64(strtoull(words[1], NULL, 0));
	reg[1] = __builtin_bswap64(strtoull(words[2], NULL, 0));
	for (int index = 3; index < count; index++)
		put(words[index]);
	if (FwCfgMemoryInitialize())
		return 1;
	while (fgets(line, sizeof(line), stdin)) {
		if (!strncmp(line, "there", 5)) {
			printf("%s, mapped %d\n", QemuFwCfgIsAvailable() ? "yes" : "no", set);
		} else if (sscanf(line, "word %x", &key) == 1) {
			QemuFwCfgSelectItem(key);
			printf("%#x\n", QemuFwCfgRead32());
		} else if (sscanf(line, "item %x %u %u", &key, &skip, &n) == 3 && n <= sizeof(bytes)) {
			QemuFwCfgSelectItem(key);
			QemuFwCfgSkipBytes(skip);
			QemuFwCfgReadBytes(n, bytes);
			for (unsigned int index = 0; index < n; index++)
				printf("%02x", bytes[index]);
			printf("\n");
		} else if (sscanf(line, "file %255s", name) == 1) {
			if (QemuFwCfgFindFile(name, &key, &size))
				printf("none\n");
			else
				printf("%#x %zu\n", key, (size_t)size);
		} else {
			return 2;
		}
	}
	return 0;
}
