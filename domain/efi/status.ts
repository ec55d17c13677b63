/** EFI status codes of errors, by their number without the highest bit (UEFI 2.10, appendix D). */
const names: Record<number, string> = {
  1: 'LOAD_ERROR',
  2: 'INVALID_PARAMETER',
  3: 'UNSUPPORTED',
  4: 'BAD_BUFFER_SIZE',
  5: 'BUFFER_TOO_SMALL',
  6: 'NOT_READY',
  7: 'DEVICE_ERROR',
  8: 'WRITE_PROTECTED',
  9: 'OUT_OF_RESOURCES',
  10: 'VOLUME_CORRUPTED',
  14: 'NOT_FOUND',
  15: 'ACCESS_DENIED',
  18: 'TIMEOUT',
  21: 'ABORTED',
  26: 'SECURITY_VIOLATION',
}

/** Takes a status in hex digits, as Linux prints it; returns its name, e.g. `INVALID_PARAMETER`, or the digits themselves. */
export function efiStatusName(hex: string): string {
  const digits = hex.replace(/^0+/, '').toLowerCase()
  if (digits === '') return 'SUCCESS'
  const match = /^8(0{7}|0{15})?/.test(digits) && digits.length >= 8 ? Number.parseInt(digits.slice(1), 16) : undefined
  return (match !== undefined && names[match]) || hex
}
