/*
 * The smallest thing that UEFI firmware takes for an arm64 kernel: it says on the PL011 of QEMU's virt machine which command
 * line it was given and which initrd lies beside it on its medium, and powers off.
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;

/* PE/COFF as UEFI wants it (UEFI 2.10, 2.1.1): one section, no relocations, subsystem 10, an EFI application. Its code lies
 * from 0x1000 to 0x4000, in the file and in memory. */
__asm__(".pushsection .head,\"ax\"\n"
	"_start: .ascii \"MZ\"\n .zero 58\n .long pe - _start\n"
	"pe: .ascii \"PE\\0\\0\"\n .short 0xaa64, 1\n .long 0, 0, 0\n .short section - optional, 0x206\n"
	"optional: .short 0x20b\n .byte 2, 0x14\n .long 0x3000, 0, 0\n .long main - _start, 0x1000\n"
	".quad 0\n .long 0x1000, 0x200\n .short 0, 0, 0, 0, 0, 0\n .long 0, 0x4000, 0x1000, 0\n .short 10, 0\n"
	".quad 0, 0, 0, 0\n .long 0, 6\n .quad 0, 0, 0, 0, 0, 0\n"
	"section: .ascii \".text\\0\\0\\0\"\n .long 0x3000, 0x1000, 0x3000, 0x1000\n"
	".long 0, 0\n .short 0, 0\n .long 0xe0000020\n"
	".popsection\n");

static volatile u32 *const uart = (u32 *)0x09000000;

static void say_byte(u8 byte)
{
	while (uart[0x18 / 4] & 0x20)
		;
	uart[0] = byte;
}

static void say(const char *text)
{
	while (*text)
		say_byte(*text++);
}

static void say_hex(u32 value)
{
	for (int shift = 28; shift >= 0; shift -= 4)
		say_byte("0123456789abcdef"[value >> shift & 15]);
}

static u32 crc32(u32 crc, const u8 *at, u64 length)
{
	while (length--) {
		crc ^= *at++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return crc;
}

/* A function of a table, by where it stands there (UEFI 2.10, 4.4, 4.5, 13.5). */
#define CALL(table, offset, ...) \
	((u64(*)(u64, u64, u64, u64, u64))(*(u64 *)((u64)(table) + (offset))))(__VA_ARGS__)
#define AT(table, offset) (*(u64 *)((u64)(table) + (offset)))

static const u8 loaded_image[16] = { 0xa1, 0x31, 0x1b, 0x5b, 0x62, 0x95, 0xd2, 0x11,
				     0x8e, 0x3f, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b };
static const u8 file_system[16] = { 0x22, 0x5b, 0x4e, 0x96, 0x59, 0x64, 0xd2, 0x11,
				    0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b };
static const u16 initrd[] = { 'i', 'n', 'i', 't', 'r', 'd', '.', 'i', 'm', 'g', 0 };

u64 main(u64 image, u64 system)
{
	u64 boot = AT(system, 96), run = AT(system, 88), own = 0, volume = 0, root = 0, file = 0, length;
	u32 crc = ~0u, size = 0;
	u8 bytes[4096];

	say("\r\nTINY kernel\r\nTINY cmdline=");
	CALL(boot, 152, image, (u64)loaded_image, (u64)&own, 0, 0);
	for (const u16 *at = (const u16 *)AT(own, 56); *at; at++)
		say_byte((u8)*at);
	CALL(boot, 152, AT(own, 24), (u64)file_system, (u64)&volume, 0, 0);
	CALL(volume, 8, volume, (u64)&root, 0, 0, 0);
	if (CALL(root, 8, root, (u64)&file, (u64)initrd, 1, 0) == 0)
		while (length = sizeof(bytes), CALL(file, 32, file, (u64)&length, (u64)bytes, 0, 0) == 0 && length) {
			crc = crc32(crc, bytes, length);
			size += (u32)length;
		}
	say("\r\nTINY initrd=");
	say_hex(size);
	say(" ");
	say_hex(~crc);
	say("\r\nTINY off\r\n");
	CALL(run, 104, 2, 0, 0, 0, 0);
	return 0;
}
