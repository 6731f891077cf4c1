/**
 * The documentation is true: its code compiles and runs, its sweeps parse, its transcripts come out, its links lead
 * somewhere. Every failure names file and line.
 *
 * Comments right above a block of code say what it is:
 * - `file: NAME`: it is written to that file, for the transcripts (```console) of its page, which are typed in order;
 * - `space`: YAML that is the space of a sweep; other YAML is a sweep, or part of one;
 * - `wrong`: a sweep that is refused;
 * - `needs: PROGRAM`: only where that is installed.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, normalize } from 'node:path'
import * as core from '@parzen/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseSweep } from '../packages/platform/src/spec/parse.js'
import { parzenCalls, refusal } from './docs/commands.js'
import { anchors, type Block, isFolder, links, type Page, pages, root, tableRows } from './docs/markdown.js'
import { fits, shapeOf, stepsOf, workbench } from './docs/transcript.js'

const all = pages()
const told = all.filter(({ file }) => file === 'README.md' || file.startsWith('docs/'))
const blocks = (language: string) => told.flatMap((page) => page.blocks.filter((block) => block.language === language))
const place = ({ file, line }: Block) => `${file}:${line}`
const pageOf = (file: string) => all.find((page) => page.file === file) as Page

/** Texts of errors; a vitest failure would name the line of this file. */
function errorOf(work: () => unknown): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** What a part of a sweep leaves out. */
const needed = {
  study: 'docs',
  objective: '{ metric: accuracy, direction: maximize }',
  command: 'python train.py {args}',
  space: '{ lr: loguniform(1e-5, 0.1) }',
}

/** A whole sweep with the block at its own line, so that errors name it. */
function asSweep({ text, line, marks }: Block): string {
  const isSpace = marks.has('space')
  const own = isSpace ? `space:\n${text.replace(/^(?=.)/gm, '  ')}` : text
  const missing = Object.entries(needed).filter(([key]) => !new RegExp(`^${key}s?:`, 'm').test(own))
  return '\n'.repeat(line - (isSpace ? 2 : 1)) + own + missing.map(([key, value]) => `${key}: ${value}\n`).join('')
}

describe('sweeps', () => {
  it.each(blocks('yaml').map((block) => [place(block), block] as const))('%s is accepted', (_, block) => {
    const error = errorOf(() => parseSweep(asSweep(block), { file: block.file, folder: root }))
    if (block.marks.has('wrong')) expect(error, `${place(block)}: expected to be refused`).toBeDefined()
    else expect(error).toBeUndefined()
  })

  it('has the README begin with a sweep', () => {
    expect(blocks('yaml').some(({ file, text }) => file === 'README.md' && /^command:/m.test(text))).toBe(true)
  })
})

describe('TypeScript', () => {
  const code = blocks('ts')
  const nameOf = ({ file, line }: Block) => `${file.replaceAll('/', '__').replace(/\.md$/, '')}__${line}`
  let folder = ''
  let errors: readonly string[] = []

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'parzen-docs-e2e-'))
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.base.json'), 'utf8'))
    const options = { ...compilerOptions, composite: false, declaration: false, outDir: 'out', rootDir: '.' }
    const tsconfig = { compilerOptions: { ...options, types: ['node'] }, include: ['*.ts'] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
    // at its own line, so that the compiler names it
    for (const block of code)
      writeFileSync(join(folder, `${nameOf(block)}.ts`), '\n'.repeat(block.line - 1) + block.text)
    const { stdout } = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], {
      cwd: folder,
      encoding: 'utf8',
    })
    errors = stdout.split('\n').filter((line) => line !== '')
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('compiles', () => {
    const named = errors.map((error) =>
      error.replace(/^(\S+?)__\d+\.ts\((\d+),(\d+)\)/, (_, name: string, line, column) => {
        return `${name.replaceAll('__', '/')}.md:${line}:${column}`
      }),
    )
    expect(named).toEqual([])
  })

  it.each(code.map((block) => [place(block), block] as const))('%s runs', (_, block) => {
    const { status, stderr } = spawnSync(process.execPath, [join(folder, 'out', `${nameOf(block)}.js`)], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 120_000,
    })
    expect({ block: place(block), status, stderr }).toEqual({ block: place(block), status: 0, stderr: '' })
  })
})

describe('commands', () => {
  const shell = all.flatMap((page) => page.blocks.filter(({ language }) => language === 'sh' || language === 'console'))
  const lines = [
    ...shell.flatMap(({ file, line, language, text }) =>
      text
        .split('\n')
        .map((each, i) => ({ at: `${file}:${line + i}`, each }))
        .filter(({ each }) => language === 'sh' || each.startsWith('$ ')),
    ),
    ...all.flatMap(({ file, prose }) =>
      prose.flatMap((text, i) =>
        [...text.matchAll(/`((?:npx )?parzen [^`]+)`/g)].map((match) => ({
          at: `${file}:${i + 1}`,
          each: match[1] as string,
        })),
      ),
    ),
  ]
  const calls = lines.flatMap(({ at, each }) => parzenCalls(each).map((args) => [at, args.join(' '), args] as const))

  it('finds them', () => {
    expect(calls.length).toBeGreaterThan(40)
    expect(parzenCalls('$ node x.mjs $(npx parzen best digits --format args) # parzen no')).toEqual([
      ['best', 'digits', '--format', 'args'],
    ])
  })

  it.each(calls)('%s: parzen %s', async (at, _, args) => {
    const said = await refusal(args)
    expect(said === undefined ? undefined : `${at}: ${said}`).toBeUndefined()
  })

  it('refuses what there is not', async () => {
    expect(await refusal(['run', '--trails', '3'])).toContain("unknown option '--trails'")
    expect(await refusal(['tune'])).toContain("unknown command 'tune'")
  })
})

const hasProgram = (name: string) => spawnSync(name, ['--version']).status === 0

describe.each(told.filter((page) => page.blocks.some(({ language }) => language === 'console')))(
  'transcripts of $file',
  ({ blocks: inPage }) => {
    let bench: ReturnType<typeof workbench>
    beforeAll(() => {
      bench = workbench()
    })
    afterAll(() => bench.remove())

    it.each(
      inPage
        .filter(({ language, marks }) => language === 'console' || marks.has('file'))
        .map((block) => [place(block), block] as const),
    )('%s', (_, block) => {
      const name = block.marks.get('file')
      if (name !== undefined) {
        mkdirSync(dirname(join(bench.folder, name)), { recursive: true })
        return writeFileSync(join(bench.folder, name), block.text)
      }
      const program = block.marks.get('needs')
      if (program !== undefined && !hasProgram(program)) return
      for (const { line, command, expected } of stepsOf(block)) {
        const got = bench.type(command).trimEnd().split('\n')
        const isAsSaid = fits(shapeOf(expected), shapeOf(got))
        const said = { at: `${block.file}:${line}`, command, lines: expected }
        expect(isAsSaid ? said : { ...said, lines: got }).toEqual(said)
      }
    })
  },
)

describe('links', () => {
  it.each(all.map((page) => [page.file, page] as const))('%s', (file, page) => {
    const broken = links(page).flatMap(({ line, target }) => {
      const [path = '', anchor] = target.split('#')
      const to = path === '' ? file : normalize(join(dirname(file), path))
      if (!existsSync(join(root, to))) return [`${file}:${line}: expected ${target} to exist`]
      if (anchor === undefined) return []
      const known = isFolder(join(root, to)) || !to.endsWith('.md') ? [] : anchors(pageOf(to))
      return known.includes(anchor) ? [] : [`${file}:${line}: expected a heading #${anchor}, got ${known.join(', ')}`]
    })
    expect(broken).toEqual([])
  })
})

describe('tables', () => {
  /** The flat space of one parameter in YAML, in a sweep or in TypeScript. */
  const inYaml = (text: string) => {
    const sweep = { ...needed, command: 'python train.py {args}', space: `\n  ${text}` }
    const lines = Object.entries(sweep).map(([key, value]) => `${key}: ${value}`)
    return parseSweep(lines.join('\n'), { file: text, folder: root }).study.space
  }
  const inTypeScript = (text: string) =>
    new Function(...Object.keys(core), `return space({ ${text} })`)(...Object.values(core))

  it('has three forms of each distribution that mean the same', () => {
    const rows = tableRows(pageOf('docs/guide/sweep-file.md'), ['string form', 'object form', 'TypeScript'])
    expect(rows.length).toBeGreaterThan(9)
    for (const { line, cells } of rows) {
      const [text, object = text, built] = cells
      const [a, b, c] = [inYaml(`p: ${text}`), inYaml(`p: ${object}`), inTypeScript(`p: ${built}`)]
      const at = `docs/guide/sweep-file.md:${line}`
      expect({ at, object: b, built: c }).toEqual({ at, object: a, built: a })
    }
  })

  it('has translations from Hyperopt that mean the same in both languages', () => {
    const rows = tableRows(pageOf('docs/guide/coming-from-hyperopt.md'), ['sweep file', 'TypeScript'])
    expect(rows.length).toBeGreaterThan(9)
    for (const { line, cells } of rows) {
      const [yaml, built] = cells.map((cell) => cell?.replace(', …', ''))
      const at = `docs/guide/coming-from-hyperopt.md:${line}`
      expect({ at, space: inTypeScript(built as string) }).toEqual({ at, space: inYaml(yaml as string) })
    }
  })

  it.each(['tpe/tpe', 'tpe/hyperopt', 'gp/gp', 'anneal', 'grid-axis'])(
    'has every option of %s with its default',
    (name) => {
      const source = readFileSync(join(root, `packages/core/src/samplers/${name}.ts`), 'utf8')
      const options = [...source.matchAll(/Default ([\d.]+?)\.? \*\/\s+readonly (\w+)\?/g)]
      expect(options.length).toBeGreaterThan(0)
      const { prose } = pageOf('docs/guide/samplers.md')
      const rows = options.map(([, value, option]) => `| \`${option}\` | ${value} |`)
      const missing = rows.filter((row) => !prose.some((line) => line.includes(row)))
      expect(missing.map((row) => `docs/guide/samplers.md: expected a row with ${row}`)).toEqual([])
    },
  )

  it('names every field of a sweep file, every distribution, every sampler, every command', () => {
    const { $defs: _, ...schema } = JSON.parse(readFileSync(join(root, 'docs/sweep.schema.json'), 'utf8'))
    const fields = Object.entries<{ properties?: object }>(schema.properties).flatMap(([key, { properties }]) =>
      properties && key !== 'objective' ? Object.keys(properties).map((inner) => `${key}.${inner}`) : [key],
    )
    const text = (file: string) => pageOf(file).prose.join('\n')
    const missing = (names: readonly string[], file: string) =>
      names.filter((name) => !text(file).includes(`\`${name}`))
    expect(
      missing(
        fields.filter((name) => name !== '$schema'),
        'docs/guide/sweep-file.md',
      ),
    ).toEqual([])
    expect(missing(core.distributionNames, 'docs/guide/sweep-file.md')).toEqual([])
    expect(missing(core.samplerNames, 'docs/guide/samplers.md')).toEqual([])
    const help = execFileSync(process.execPath, [join(root, 'packages/platform/bin/parzen.mjs'), '--help'], {
      encoding: 'utf8',
    })
    const commands = [...help.matchAll(/^ {2}([a-z]+)( \[| {2})/gm)].map((match) => match[1] as string)
    const known = new Set(
      told.flatMap(({ file, prose, blocks: own }) => {
        const lines = file.startsWith('docs/guide/')
          ? [...prose.flatMap((l) => l.match(/parzen [a-z]+/g) ?? []), ...own.flatMap((b) => b.text.split('\n'))]
          : []
        return lines.flatMap((line) => parzenCalls(line).map(([command]) => command))
      }),
    )
    expect(commands.filter((command) => command !== 'help' && !known.has(command))).toEqual([])
  })
})
