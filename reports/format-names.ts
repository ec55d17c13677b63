/** What a report can be told as. */
export const reportFormats = ['text', 'md', 'html', 'junit', 'ktap', 'kcidb', 'json'] as const
export type ReportFormat = (typeof reportFormats)[number]

/** What a CI system is called in KCIDB when nobody says: small letters, digits, underscores. */
export const usualOrigin = 'hyplab'
