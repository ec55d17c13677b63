/** How a field's bytes are shown in an ASCII list (security/integrity/ima/ima_template.c supported_fields). */
export type FieldFormat = 'digest' | 'digest-with-algorithm' | 'string' | 'hex' | 'uint32' | 'uint16'

/** Fields by id, as they stand in a template's format. */
const fields: Record<string, FieldFormat> = {
  d: 'digest',
  n: 'string',
  'd-ng': 'digest-with-algorithm',
  'd-ngv2': 'digest-with-algorithm',
  'n-ng': 'string',
  sig: 'hex',
  buf: 'hex',
  'd-modsig': 'digest-with-algorithm',
  modsig: 'hex',
  evmsig: 'hex',
  iuid: 'uint32',
  igid: 'uint32',
  imode: 'uint16',
  xattrnames: 'string',
  xattrlengths: 'hex',
  xattrvalues: 'hex',
}

/** The templates that the kernel brings, 6.12 to 7.3 (ima_template.c builtin_templates). */
const builtin: Record<string, string> = {
  ima: 'd|n',
  'ima-ng': 'd-ng|n-ng',
  'ima-sig': 'd-ng|n-ng|sig',
  'ima-ngv2': 'd-ngv2|n-ng',
  'ima-sigv2': 'd-ngv2|n-ng|sig',
  'ima-buf': 'd-ng|n-ng|buf',
  'ima-modsig': 'd-ng|n-ng|sig|d-modsig|modsig',
  'evm-sig': 'd-ng|n-ng|evmsig|xattrnames|xattrlengths|xattrvalues|iuid|igid|imode',
}

/** Longest template name that is believed: the kernel allows the length of a custom format of 16 fields. */
export const longestTemplateName = 256

/**
 * The ids of a template's fields, in order. A list names a template of the kernel, or a custom one by its format
 * (`ima_template_fmt=d-ng|n-ng`). Undefined for a template that nobody knows.
 */
export function templateFields(name: string): string[] | undefined {
  const ids = (Object.hasOwn(builtin, name) ? (builtin[name] ?? '') : name).split('|')
  return ids.every((id) => Object.hasOwn(fields, id)) ? ids : undefined
}

/** How a field is shown. */
export function fieldFormat(id: string): FieldFormat {
  return fields[id] ?? 'hex'
}
