// A Firmware Image Package as BL2 reads it (TF-A 2.12, include/tools_share/firmware_image_package.h; docs/design/
// firmware-design.rst, "Firmware Image Package"): what `fiptool info` lists, without fiptool.

const names: Record<string, string> = {
  '5ff9ec0b4d223e4da544c39d81c73f0a': 'tb-fw',
  '47d4086d4cfe98469b952950cbbd5a00': 'soc-fw',
  '05d0e18953dc13478d2b500a4b7a3e38': 'tos-fw',
  d6d0eea7fcead54b97829934f234b6e4: 'nt-fw',
  '08b8f1d9c9cf9349a9626fbc6b7265cc': 'hw-config',
  '6c0458ffaf6b7d4f82edaa27bc69bfd2': 'tb-fw-config',
  '9979814b0376fb468c8e8d267f7859e0': 'soc-fw-config',
  '26257c1adbc67f478d96c4c4b0248021': 'tos-fw-config',
  '28da981593e87e44ac661aaf801550f9': 'nt-fw-config',
  '5807e16a845947be8ed5648e8dddab0e': 'fw-config',
}

/** The images of a package by the names that fiptool gives them. @throws Error when it is none, or has one that is not known */
export function imagesIn(fip: Buffer): Map<string, Buffer> {
  if (fip.readUInt32LE(0) !== 0xaa640001) throw new Error('This is no Firmware Image Package.')
  const images = new Map<string, Buffer>()
  for (let at = 16; ; at += 40) {
    const uuid = fip.toString('hex', at, at + 16)
    const offset = Number(fip.readBigUInt64LE(at + 16))
    const size = Number(fip.readBigUInt64LE(at + 24))
    if (/^0+$/.test(uuid)) return images
    const name = names[uuid]
    if (name === undefined || offset + size > fip.length) throw new Error(`An image ${uuid} of ${size} at ${offset}.`)
    images.set(name, fip.subarray(offset, offset + size))
  }
}
