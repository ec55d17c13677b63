import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Debian's EDK2 for QEMU's virt machine, with a UEFI shell, a network and HTTP boot. */
const firmware = { code: '/usr/share/AAVMF/AAVMF_CODE.fd', variables: '/usr/share/AAVMF/AAVMF_VARS.fd' }

/**
 * QEMU's arguments for a board whose firmware is EDK2, but for its console; it sees this host at 10.0.2.2. With `network` false
 * it has none, so that the UEFI shell is the first that its firmware finds to boot, and stays so.
 * @param folder where its variables are kept
 */
export function edk2Arguments(folder: string, network = true): string[] {
  const machine = ['-nodefaults', '-display', 'none', '-machine', 'virt', '-cpu', 'cortex-a57', '-m', '512']
  const code = ['-drive', `if=pflash,format=raw,readonly=on,file=${firmware.code}`]
  const variables = ['-drive', `if=pflash,format=raw,file=${join(folder, 'variables.fd')}`]
  const card = ['-netdev', 'user,id=net', '-device', 'virtio-net-pci,netdev=net,romfile=']
  return [...machine, ...code, ...variables, ...(network ? card : [])]
}

/** Gives a board variables of its own, as Debian ships them. */
export async function newVariables(folder: string): Promise<void> {
  await copyFile(firmware.variables, join(folder, 'variables.fd'))
}
