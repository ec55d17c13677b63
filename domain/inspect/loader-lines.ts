const firmware = oneOf([
  String.raw`SeaBIOS \(version `,
  String.raw`OpenSBI v\d`,
  // The level stands before it since 4.17 (src/console/vtxprintf.c, CONFIG_CONSOLE_USE_LOGLEVEL_PREFIX).
  String.raw`(?:\[[A-Z]+ *\] {1,2})?coreboot-\S+ `,
  String.raw`U-Boot (?:SPL|TPL) 20`,
  // EDK2's DEBUG builds: OvmfPkg/Sec/SecMain.c, MdeModulePkg/Core/Pei and DxeIplPeim, Core/Dxe/Image/Image.c.
  String.raw`SecCoreStartupWithStack\(0x`,
  String.raw`Loading PEIM (?:at 0x|[0-9A-F]{8}-)`,
  String.raw`Loading (?:DXE CORE|driver) at 0x`,
  // LK, which is a boot loader, or what Trusty is built on (top/main.c lk_main()).
  String.raw`welcome to lk\/MP$`,
])
/** What a secure world says that is no SPMC by name: OP-TEE, its loader and applications, partitions behind Hafnium, Trusty. */
const secureWorld = oneOf([
  String.raw`[EIDFM]\/(?:TC|LD|TA|SP):`,
  String.raw`VM [89a-f][0-9a-f]{3}: `,
  String.raw`\[[89a-f][0-9a-f]{3} \d{1,3}\] `,
  'INFO: Hafnium initialisation completed',
  String.raw`INFO: Loading VM id 0x8[0-9a-f]{3}: `,
  // Trusty's kernel, lib/trusty.
  String.raw`initializing trusty \(`,
  String.raw`trusty_app(?:_[\w-]+)?: `,
])
const bootLoader = oneOf([
  'BdsDxe: ',
  String.raw`\[Bds\]`,
  String.raw`(?:Jetson UEFI|Tianocore\/EDK2) firmware (?:\(version |version \d)`,
  'UEFI Interactive Shell ',
  String.raw`iPXE \d`,
  String.raw`barebox 20\d\d\.\d\d`,
  'GRUB loading',
  'Welcome to GRUB!',
  // Fedora's says no GNU.
  String.raw` *(?:GNU )?GRUB {1,2}version \d`,
  String.raw`grub(?: rescue)?> `,
  String.raw`Entering rescue mode\.\.\.$`,
  String.raw` *Booting [\`'].+'$`,
  // What the menu of a distribution says (GRUB's util/grub.d/10_linux.in).
  String.raw`Loading (?:Linux \S+|initial ramdisk) \.\.\.$`,
  // U-Boot: boot/bootm.c, boot/image-fdt.c, cmd/boot.c, common/autoboot.c, arch/arm/lib/bootm.c announce_and_cleanup().
  String.raw`## (?:Flattened Device Tree blob at|Booting kernel from|Loading kernel|Starting application at) `,
  'Hit any key to stop autoboot: ',
  String.raw`Starting kernel \.\.\.`,
  // net/bootp.c, net/tftp.c.
  String.raw`BOOTP broadcast \d+$`,
  String.raw`TFTP from server \d`,
  String.raw`TFTP error: `,
  String.raw`DHCP client bound to address \d`,
])
/** Of those, the ones that come first in a boot of machines that are not ours, where no signature knows them. */
const first = oneOf([
  String.raw`SeaBIOS \(version `,
  'BdsDxe: (?:loading|starting) ',
  String.raw`OpenSBI v\d`,
  String.raw`(?:\[[A-Z]+ *\] {1,2})?coreboot-\S+ `,
  String.raw`barebox 20\d\d\.\d\d`,
  'U-Boot (?:SPL|TPL) 20',
  String.raw`SecCoreStartupWithStack\(0x`,
  String.raw`(?:Jetson UEFI|Tianocore\/EDK2) firmware (?:\(version |version \d)`,
  'GRUB loading',
])

function oneOf(patterns: readonly string[]): RegExp {
  return new RegExp(`^(?:${patterns.join('|')})`)
}

/** Takes a line that no signature knows and that has no stamp; returns the stage that it shows if firmware, a secure world or a boot loader says it. */
export function loaderOf(text: string): 'firmware' | 'spmc' | 'bootloader' | undefined {
  if (firmware.test(text)) return 'firmware'
  if (secureWorld.test(text)) return 'spmc'
  return bootLoader.test(text) ? 'bootloader' : undefined
}

/** Whether a line is one with which a boot begins, of a firmware that no signature knows. */
export function isFirstWord(text: string): boolean {
  return first.test(text)
}
