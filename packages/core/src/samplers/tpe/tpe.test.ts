import { samplerContract } from '../sampler.contract.js'
import { tpe } from './tpe.js'

// fewer trials and seeds than the default: it learns from 10 trials on, and shuns bad regions by a wide margin
samplerContract('tpe', () => tpe(), { trials: 40, seeds: 6 })
