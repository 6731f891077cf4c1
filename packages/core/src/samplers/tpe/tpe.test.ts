import { samplerContract } from '../sampler.contract.js'
import { tpe } from './tpe.js'

samplerContract('tpe', () => tpe())
