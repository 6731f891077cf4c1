import type { Json } from '@parzen/core'
import { z } from 'zod'
import { routes } from './contract.js'
import type { Route } from './route.js'

/** The calls as an OpenAPI 3.1 document, made from what validates them. */
export function openapi(version: string): Json {
  const paths: { [path: string]: { [method: string]: Json } } = {}
  for (const [name, route] of Object.entries<Route>(routes)) {
    const path = route.path.replace(/:([a-z0-9]+)/gi, '{$1}')
    paths[path] ??= {}
    paths[path][route.method.toLowerCase()] = operation(name, route)
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Parzen', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths,
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  }
}

function operation(operationId: string, route: Route): Json {
  const parameters = [...fields(route.params, 'path'), ...fields(route.query, 'query')]
  return {
    operationId,
    summary: route.summary,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body ? { requestBody: { required: true, content: bodyOf(route.body, route) } } : {}),
    security: route.scope === 'anybody' ? [] : [{ token: [route.scope] }],
    responses: {
      200: {
        description: 'as asked',
        content:
          route.bytes === 'reply'
            ? { 'application/octet-stream': {} }
            : { 'application/json': { schema: schema(route.reply, 'output') } },
      },
      default: {
        description: 'refused: `error.code`, and `error.message` for people',
        content: { 'application/json': { schema: failure } },
      },
    },
  }
}

function bodyOf(body: z.ZodType, { bytes }: Route): Json {
  if (bytes === 'body') return { 'application/octet-stream': {} }
  return { 'application/json': { schema: schema(body, 'input') } }
}

const failure = schema(z.object({ error: z.object({ code: z.string(), message: z.string() }) }), 'output')

function fields(type: z.ZodType, place: 'path' | 'query'): Json[] {
  const { properties = {}, required = [] } = schema(type, 'input') as {
    properties?: { readonly [name: string]: Json }
    required?: readonly string[]
  }
  return Object.entries(properties).map(([name, of]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: of,
  }))
}

function schema(type: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(type, { unrepresentable: 'any', io }) as { [key: string]: Json }
  return rest
}
