import { optionCheck } from '../journal/options.js'

export {
  isFiniteNumber,
  naturalNumber,
  notNegative,
  type OptionRule,
  oneOf,
  positive,
  positiveInteger,
  yesOrNo,
} from '../journal/options.js'
export const checkOptions = optionCheck('pruner')
