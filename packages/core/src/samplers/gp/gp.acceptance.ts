import { samplerContract } from '../sampler.contract.js'
import { gp } from './gp.js'

samplerContract('gp', () => gp({ candidates: 200 }), { trials: 30, seeds: 6 })
