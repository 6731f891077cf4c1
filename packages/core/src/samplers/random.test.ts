import { random } from './random.js'
import { samplerContract } from './sampler.contract.js'

samplerContract('random', random)
