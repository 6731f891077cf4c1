import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RouteName, routes } from './contract.js'
import type { Route } from './route.js'
import { type Answer, type TestServer, testServer } from './server.contract.js'

/** Calls made from the server's own description, with values that fit, nearly fit, and do not fit at all. */
interface Schema {
  readonly type?: string | readonly string[]
  readonly properties?: { readonly [name: string]: Schema }
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly default?: unknown
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly additionalProperties?: Schema | boolean
}

interface Operation {
  readonly operationId: RouteName
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[]
  readonly requestBody?: { readonly content: { readonly 'application/json'?: { readonly schema: Schema } } }
}

/** Bodies that are no JSON, or JSON that nobody would send. */
const raw = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom(
    '['.repeat(100_000),
    '{"a":'.repeat(50_000),
    '1e999',
    '{"trials":[1e999]}',
    '{"constructor":{"prototype":{"x":1}}}',
    `{"x":"${'\\u0000'.repeat(1000)}"}`,
    `[${'9'.repeat(5000)}]`,
  ),
)

const junk = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(1e308, -1, 1e21, '', 'NaN', '🤖', '\u0000', 'constructor', [], {}, null, 'x'.repeat(3000)),
)

/** What `schema` describes, once in a while something else. */
function anyValue(schema: Schema, depth = 0): fc.Arbitrary<unknown> {
  const right = rightValue(schema, depth)
  return fc.oneof({ weight: 9, arbitrary: right }, { weight: 1, arbitrary: junk })
}

function rightValue(schema: Schema, depth: number): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  const any = schema.anyOf ?? schema.oneOf
  if (any) return fc.oneof(...any.map((one) => anyValue(one, depth + 1)))
  switch (schema.type) {
    case 'object': {
      if (!schema.properties)
        return fc.dictionary(fc.constantFrom('x', 'kind', 'loss', ''), fc.oneof(fc.double(), fc.string()))
      const entries = Object.entries(schema.properties).map(([name, of]) => [name, anyValue(of, depth + 1)])
      return fc.record(Object.fromEntries(entries) as Record<string, fc.Arbitrary<unknown>>, {
        requiredKeys: [...(schema.required ?? [])],
      })
    }
    case 'array':
      return fc.array(anyValue(schema.items ?? {}, depth + 1), { maxLength: 4 })
    case 'integer':
      return fc.integer({ min: -2, max: 30 })
    case 'number':
      return fc.double()
    case 'boolean':
      return fc.boolean()
    case 'string':
      return fc.oneof(fc.constantFrom('s', 'x', sweep), fc.string())
    default:
      return junk
  }
}

const sweep = '{ study: s, objective: { metric: loss, direction: minimize }, space: { x: "uniform(0, 1)" } }'

let server: TestServer
beforeAll(async () => {
  server = await testServer({ allowDefine: true })
  await server.send({ path: '/api/v1/studies', body: { text: sweep } })
  await server.send({ path: '/api/v1/studies/s/ask', body: { count: 5 } })
})
afterAll(() => server.close())

it('never answers with an error of its own, whatever it is sent', async () => {
  const { paths } = (await server.send({ path: '/api/v1/openapi.json' })).json as {
    paths: { [path: string]: { [method: string]: Operation } }
  }
  const calls = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )
  expect(calls.length).toBeGreaterThan(20)
  const sent = fc.constantFrom(...calls).chain(({ path, method, operation }) => {
    const fields = (place: string) => (operation.parameters ?? []).filter((field) => field.in === place)
    const values = (place: string) =>
      fc.record(Object.fromEntries(fields(place).map(({ name, schema }) => [name, fieldOf(name, schema, place)])))
    const schema = operation.requestBody?.content['application/json']?.schema
    return fc.record({
      inPath: values('path'),
      inQuery: values('query'),
      body: schema ? anyValue(schema) : fc.constant(undefined),
      raw: fc.option(raw, { freq: operation.requestBody && !schema ? 1 : 9 }),
      path: fc.constant(path),
      method: fc.constant(method),
      operation: fc.constant(operation),
    })
  })
  const answered = new Set<string>()
  await fc.assert(
    fc.asyncProperty(sent, async ({ path, method, inPath, inQuery, body, raw: bytes, operation }) => {
      const at = path.replace(/\{(\w+)\}/g, (_, name) => encode((inPath as Record<string, unknown>)[name]))
      const query = new URLSearchParams(Object.entries(inQuery).map(([k, v]): [string, string] => [k, text(v)]))
      const route: Route = routes[operation.operationId]
      const answer: Answer = await server.send({
        path: `${at}?${query}`,
        method,
        ...(method !== 'GET' && bytes !== null ? { raw: bytes } : body === undefined ? {} : { body }),
        ...(route.bytes === 'body' ? { headers: { 'content-type': 'application/octet-stream' } } : {}),
      })
      expect(answer.status).toBeLessThan(500)
      if (answer.status >= 400 && answer.text !== '') expect(typeof answer.json.error.message).toBe('string')
      if (answer.status !== 200 || route.bytes === 'reply') return
      answered.add(operation.operationId)
      expect([operation.operationId, route.reply.safeParse(answer.json).error]).toEqual([
        operation.operationId,
        undefined,
      ])
    }),
    { numRuns: 1500 },
  )
  // most calls were answered once at least, not only refused
  expect(answered.size).toBeGreaterThan(Object.keys(routes).length * 0.6)
  expect(server.errors).toEqual([])
  expect((await server.send({ path: '/api/v1/studies/s' })).status).toBe(200)
}, 120_000)

/** Names and numbers that exist are what most calls are about. */
function fieldOf(name: string, schema: Schema, place: string): fc.Arbitrary<unknown> {
  const likely: { readonly [name: string]: fc.Arbitrary<unknown> } = {
    study: fc.constant('s'),
    trial: fc.integer({ min: 0, max: 4 }),
    attempt: fc.constant(1),
    name: fc.constant('model.bin'),
    parameter: fc.constant('x'),
    trials: fc.constant('0,1,2'),
  }
  const right = likely[name]
  const other = anyValue(schema)
  if (right) return fc.oneof({ weight: 9, arbitrary: right }, { weight: 1, arbitrary: other })
  return place === 'query'
    ? fc.oneof({ weight: 1, arbitrary: other }, { weight: 2, arbitrary: defaultOf(schema) })
    : other
}

/** What stands in the description as default, as far as it has one. */
function defaultOf(schema: Schema): fc.Arbitrary<unknown> {
  return schema.default === undefined ? anyValue(schema) : fc.constant(schema.default)
}

function text(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function encode(value: unknown): string {
  try {
    return encodeURIComponent(text(value)).replace(/%2F/gi, '') || 's'
  } catch {
    return 's'
  }
}
