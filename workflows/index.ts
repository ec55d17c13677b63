export { buildOnce } from './build-once.ts'
export { closeRun } from './close-run.ts'
export { runCell } from './run-cell.ts'
export { runPlan } from './run-plan.ts'
