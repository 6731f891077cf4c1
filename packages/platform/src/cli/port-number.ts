import { InvalidArgumentError } from 'commander'
import { wholeNumber } from './trial-choice.js'

export function portNumber(text: string): number {
  const value = wholeNumber(text)
  if (value > 65_535) throw new InvalidArgumentError('expected at most 65535.')
  return value
}
