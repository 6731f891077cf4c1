/** `npm run build`: compiles the packages and bundles the dashboard. */
import { build } from './prepare.mjs'

process.exit(build())
