/**
 * The task queues of one state folder. They carry its lab id, because a server may serve several: a step reads and
 * writes the store of its own folder and must never run on another's worker.
 */
export const queues = {
  /** Workflows and light activities. */
  main: (lab: string) => `hyplab-${lab}`,
  /** Builds: as many slots as the host has to give. */
  build: (lab: string) => `hyplab-${lab}-build`,
  /** The activities that touch a lab host's places. */
  host: (lab: string, host: string) => `hyplab-${lab}-host-${host}`,
  /** The steps on places of a lab that this host drives: they wait for boards, and cost it next to nothing. */
  places: (lab: string, host: string) => `hyplab-${lab}-host-${host}-places`,
  /** Closing what was lost on those places: never behind the boots, which have all the slots of the other. */
  closing: (lab: string, host: string) => `hyplab-${lab}-host-${host}-closing`,
}

/** Search attributes, registered on the namespace when the service starts. */
export const searchAttributes = {
  LabPlan: 'Keyword',
  LabRun: 'Keyword',
  LabCell: 'Keyword',
  LabBuild: 'Keyword',
} as const

/** Workflow ids: people and other workflows find them by these. */
export const workflowIds = {
  cell: (run: string, cell: number) => `${run}-cell-${cell}`,
  /** More attempts of a cell, from one on. */
  attempts: (run: string, cell: number, first: number) => `${run}-cell-${cell}-from-${first}`,
  /** Keeps the board of an attempt for its owner. */
  hold: (cell: string, attempt: number) => `${cell}-hold-${attempt}`,
  /** Closes a run that was cut off; once for each run. */
  closing: (run: string) => `${run}-closing`,
  /** Tells people of a night; once for each. */
  telling: (night: string) => `${night}-telling`,
  /** Sends test messages. */
  tellingTest: (lab: string, schedule: string, at: number) => `${lab}-telling-test-${schedule}-${at}`,
  /** Equal inputs, equal id: that is what joins equal builds. */
  build: (lab: string, build: string) => `${lab}-build-${build}`,
}

/** Schedules on the server, and the workflows that they start: the server adds the hour to the latter. */
export const scheduleIds = {
  schedule: (lab: string, name: string) => `hyplab-${lab}-schedule-${name}`,
  night: (lab: string, name: string) => `${lab}-night-${name}`,
}
