export { buildOnce } from './build-once.ts'
export { runCell } from './run-cell.ts'
export { runPlan } from './run-plan.ts'
