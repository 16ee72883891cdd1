// Owns what the machine's tests expect of errors.
import * as assert from 'uvu/assert'
import { type ErrorCode, IridiumError } from '../../src/vm-entry.js'

/** `action` throws an IridiumError with this code. */
export function refuses(code: ErrorCode, action: () => unknown): void {
  try {
    action()
  } catch (error) {
    assert.instance(error, IridiumError)
    assert.is((error as IridiumError).code, code)
    return
  }
  assert.unreachable(`${code} was to be thrown by ${action}`)
}
