/** Makes of PDU whose OIDs are known by name; the drivers hold what each name means. */
export const snmpProfileNames = ['apc', 'raritan', 'eaton', 'sentry', 'gude', 'poe'] as const

/** Makes of plug whose requests are known by name; the drivers hold what each name means. */
export const httpProfileNames = ['tasmota', 'shelly-1', 'shelly-2'] as const
