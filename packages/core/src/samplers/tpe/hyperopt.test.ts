import { samplerContract } from '../sampler.contract.js'
import { hyperoptTpe } from './hyperopt.js'

samplerContract('tpe (compat hyperopt)', hyperoptTpe, { objectives: 'one' })
