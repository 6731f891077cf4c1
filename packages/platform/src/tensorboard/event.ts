/** The messages of event files, by the numbers of TensorBoard's and TensorFlow's `.proto` files; only what is used here. */
import { field, message, type Of, repeated } from './protobuf.js'

/** Of the types in `types.proto`, those a scalar comes in. */
export const tensorType = { float: 1, double: 2, int32: 3, int64: 9, bfloat16: 14, half: 19 } as const

const tensorShape = message({ dim: repeated(field(2, message({ size: field(1, 'int64') }))) })

const tensor = message({
  type: field(1, 'int64'),
  shape: field(2, tensorShape),
  content: field(4, 'bytes'),
  floats: repeated(field(5, 'float')),
  doubles: repeated(field(6, 'double')),
  ints: repeated(field(7, 'int64')),
  longs: repeated(field(10, 'int64')),
  halves: repeated(field(13, 'int64')),
})

const pluginData = message({ name: field(1, 'string'), content: field(2, 'bytes') })
const metadata = message({ plugin: field(1, pluginData) })

const summaryValue = message({
  tag: field(1, 'string'),
  simpleValue: field(2, 'float'),
  tensor: field(8, tensor),
  metadata: field(9, metadata),
})

const summary = message({ values: repeated(field(1, summaryValue)) })

export const eventMessage = message({
  /** Seconds since 1970. */
  wallTime: field(1, 'double'),
  step: field(2, 'int64'),
  fileVersion: field(3, 'string'),
  summary: field(5, summary),
})

/** `google.protobuf.Value` without lists and structures. */
const hparamValue = message({
  isNull: field(1, 'int64'),
  number: field(2, 'double'),
  string: field(3, 'string'),
  bool: field(4, 'bool'),
})

const listValue = message({ values: repeated(field(1, hparamValue)) })
const interval = message({ min: field(1, 'double'), max: field(2, 'double') })

export const hparamType = { string: 1, bool: 2, number: 3 } as const
export const sessionStatus = { unknown: 0, success: 1, failure: 2, running: 3 } as const

const hparamInfo = message({
  name: field(1, 'string'),
  displayName: field(2, 'string'),
  description: field(3, 'string'),
  type: field(4, 'int64'),
  discrete: field(5, listValue),
  interval: field(6, interval),
  differs: field(7, 'bool'),
})

const metricInfo = message({
  name: field(1, message({ group: field(1, 'string'), tag: field(2, 'string') })),
  displayName: field(3, 'string'),
  description: field(4, 'string'),
})

const experiment = message({
  description: field(1, 'string'),
  timeCreated: field(3, 'double'),
  hparams: repeated(field(4, hparamInfo)),
  metrics: repeated(field(5, metricInfo)),
  name: field(6, 'string'),
})

const sessionStart = message({
  hparams: repeated(field(1, message({ key: field(1, 'string'), value: field(2, hparamValue) }))),
  groupName: field(4, 'string'),
  startTime: field(5, 'double'),
})

const sessionEnd = message({ status: field(1, 'int64'), endTime: field(2, 'double') })

/** What the HParams plugin keeps in the metadata of a value. */
export const hparamsMessage = message({
  version: field(1, 'int64'),
  experiment: field(2, experiment),
  sessionStart: field(3, sessionStart),
  sessionEnd: field(4, sessionEnd),
})

export type Event = Of<typeof eventMessage>
export type SummaryValue = Of<typeof summaryValue>
export type Tensor = Of<typeof tensor>
export type HparamValue = Of<typeof hparamValue>
export type HparamInfo = Of<typeof hparamInfo>
export type Hparams = Of<typeof hparamsMessage>
