import { optionCheck } from '../journal/options.js'

export { naturalNumber, type OptionRule, oneOf, positive, positiveInteger, yesOrNo } from '../journal/options.js'
export const checkOptions = optionCheck('sampler')
