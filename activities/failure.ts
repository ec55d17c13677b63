import { ApplicationFailure } from '@temporalio/common'
import { LabError } from '../domain/errors.ts'

/** Wraps a step so that our errors reach the server with their code as the type and with their retryability. */
export function asStep<Input, Output>(step: (input: Input) => Promise<Output>): (input: Input) => Promise<Output> {
  return async (input) => {
    try {
      return await step(input)
    } catch (error) {
      throw error instanceof LabError ? toFailure(error) : error
    }
  }
}

/** One of our errors as the server knows it: with its code as the type and with its retryability. */
export function toFailure(error: LabError): ApplicationFailure {
  return ApplicationFailure.create({
    message: error.message,
    type: error.code,
    nonRetryable: !error.retryable,
    cause: error,
  })
}
