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

/** What a server takes: of a summary 400 bytes, of a keyword on PostgreSQL 255 characters, of a workflow id 1,000. */
const longest = { summary: 100, keyword: 255, id: 100 }

/** A text as the summary of a workflow, whatever it names. */
export function summary(text: string): string {
  return shortened(text, longest.summary)
}

/** A text as the value of a search attribute. */
export function keyword(text: string): string {
  return shortened(text, longest.keyword)
}

function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}

/** Workflow ids: people and other workflows find them by these. */
export const workflowIds = {
  /** Of a run, after its plan. @param unique tells it from all others */
  run: (lab: string, plan: string, unique: string) => `${lab}-run-${plan.slice(0, longest.id)}-${unique}`,
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
