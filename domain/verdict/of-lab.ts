/** Whether a finding is about the lab and not about what was booted there. */
export function isOfLab(id: string): boolean {
  return id.startsWith('lab.')
}
