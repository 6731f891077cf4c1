import { describe, expect, test } from 'vitest'
import { checkTree, compileSpace } from './compile.js'
import type { Tree } from './notation.js'

describe('compiling a space', () => {
  test('groups, options, lists and lengths become dotted names that know their immediate parent', () => {
    const space = compileSpace({
      model: { lr: 'loguniform(1e-5, 0.1)', name: 'resnet' },
      optimizer: { choice: { adam: { beta1: 'uniform(0.8, 0.999)' }, none: null, noise: 'normal(0, 1)' } },
      layers: { repeat: 'int(1, 3)', each: { kind: { choice: { dense: { units: 'int(1, 9)' }, skip: {} } } } },
      fixed: { repeat: 2, each: 'int(1, 9)' },
      list: ['uniform(0, 1)', { deep: true }],
      range: { low: 'uniform(0, 1)', high: 2 },
    })
    expect(Object.entries(space).map(([name, { when }]) => [name, when])).toEqual([
      ['model.lr', undefined],
      ['model.name', undefined],
      ['optimizer', undefined],
      ['optimizer.adam.beta1', { optimizer: ['adam'] }],
      ['optimizer.noise', { optimizer: ['noise'] }],
      ['layers', undefined],
      ['layers.0.kind', { layers: [1, 2, 3] }],
      ['layers.0.kind.dense.units', { 'layers.0.kind': ['dense'] }],
      ['layers.1.kind', { layers: [2, 3] }],
      ['layers.1.kind.dense.units', { 'layers.1.kind': ['dense'] }],
      ['layers.2.kind', { layers: [3] }],
      ['layers.2.kind.dense.units', { 'layers.2.kind': ['dense'] }],
      ['fixed.0', undefined],
      ['fixed.1', undefined],
      ['list.0', undefined],
      ['list.1.deep', undefined],
      ['range.low', undefined],
      ['range.high', undefined],
    ])
    expect(space['model.name']).toEqual({ kind: 'categorical', choices: ['resnet'] })
    expect(space['layers']).toEqual({ kind: 'int', low: 1, high: 3 })
  })

  test('a list of constants is one if that is said, or if something in it is tuned', () => {
    const constant = (value: string | number) => ({ kind: 'categorical', choices: [value] })
    expect(
      compileSpace({
        image: ['choice(224)', 'choice(96)'],
        tuned: ['uniform(0, 1)', 3],
        deep: [[1, 'uniform(0, 1)'], ['choice(2)']],
        groups: [{ units: 16 }, { units: 32 }],
        text: 'choice("[64, 64]")',
        words: '1.5, then 2',
      }),
    ).toEqual({
      'image.0': constant(224),
      'image.1': constant(96),
      'tuned.0': { kind: 'float', low: 0, high: 1 },
      'tuned.1': constant(3),
      'deep.0.0': constant(1),
      'deep.0.1': { kind: 'float', low: 0, high: 1 },
      'deep.1.0': constant(2),
      'groups.0.units': constant(16),
      'groups.1.units': constant(32),
      text: constant('[64, 64]'),
      words: constant('1.5, then 2'),
    })
  })

  test('a list of lists, a length that skips', () => {
    const space = compileSpace({
      a: { repeat: 'int(0, 4, step=2)', each: { repeat: 'int(1, 2)', each: 'uniform(0, 1)' } },
    })
    expect(space['a.1']?.when).toEqual({ a: [2, 4] })
    expect(space['a.2']?.when).toEqual({ a: [4] })
    expect(space['a.2.1']?.when).toEqual({ 'a.2': [2] })
  })

  test.each<[Tree, object]>([
    ['uniform(0, 1)', { kind: 'float', low: 0, high: 1 }],
    [{ uniform: { low: 0, high: 1, step: 0.5 } }, { kind: 'float', low: 0, high: 1, step: 0.5 }],
    [
      { uniform: [1, 9], log: true },
      { kind: 'float', low: 1, high: 9, log: true },
    ],
    ['int(1, 512, log)', { kind: 'int', low: 1, high: 512, log: true }],
    ['loguniform(1e-5, 0.1)', { kind: 'float', low: 1e-5, high: 0.1, log: true }],
    ['normal(0, 1, step=0.5)', { kind: 'normal', mean: 0, sd: 1, step: 0.5 }],
    ['lognormal(0, 1)', { kind: 'normal', mean: 0, sd: 1, log: true }],
    ['quniform(16, 500, 64)', { kind: 'float', low: 64, high: 448, step: 64 }],
    ['quniform(0, 0.3, 0.1)', { kind: 'float', low: 0, high: 0.3, step: 0.1 }],
    ['quniform(-0.5, 10, 3)', { kind: 'float', low: 0, high: 9, step: 3 }],
    ['qloguniform(1, 20, 2)', { kind: 'float', low: 2, high: 20, step: 2, log: true }],
    ['qnormal(0, 10, 2)', { kind: 'normal', mean: 0, sd: 10, step: 2 }],
    ['qlognormal(0, 2, 1)', { kind: 'normal', mean: 0, sd: 2, step: 1, log: true }],
    ['uniformint(1, 4)', { kind: 'int', low: 1, high: 4 }],
    ['randint(10)', { kind: 'int', low: 0, high: 9 }],
    ['randint(12, 25)', { kind: 'int', low: 12, high: 24 }],
    ['randint(1)', { kind: 'categorical', choices: [0] }],
    [{ randint: 10 }, { kind: 'int', low: 0, high: 9 }],
    ['choice(a: 3, b: 1)', { kind: 'categorical', choices: ['a', 'b'], weights: [0.75, 0.25] }],
    [
      { choice: ['a', 'b'], weights: { b: 1, a: 3 } },
      { kind: 'categorical', choices: ['a', 'b'], weights: [0.75, 0.25] },
    ],
    [
      {
        pchoice: [
          [0.25, 'a'],
          [0.75, 1],
        ],
      },
      { kind: 'categorical', choices: ['a', 1], weights: [0.25, 0.75] },
    ],
    [{ choice: ['f(x)', null] }, { kind: 'categorical', choices: ['f(x)', null] }],
    [-0, { kind: 'categorical', choices: [0] }],
  ])('%j', (tree, distribution) => {
    expect(compileSpace({ x: tree })).toEqual({ x: distribution })
  })

  test.each<[Tree, string]>([
    ['uniform(0.1, 0.01)', 'x: expected low < high, got low 0.1, high 0.01. swap them?'],
    ['int(3, 3)', 'x: expected low < high, got 3 for both. write the constant 3'],
    ['int(0.5, 3)', 'x: expected a whole number for low, got 0.5. uniform takes fractions'],
    ['loguniform(0, 1)', 'x: expected low > 0 on a log scale, got low 0. bounds are values, not their logarithms'],
    ['int(0, 5, log)', 'x: expected low > 0 on a log scale, got low 0. bounds are values, not their logarithms'],
    ['uniform(0, 1, step=0)', 'x: expected step > 0, got 0'],
    ['uniform(0, 1, step=2)', 'x: expected a step no wider than the range 1, got 2'],
    ['uniform(0, 1, step=1e-15)', 'x: expected a step of at least 1e-13, got 1e-15'],
    ['uniform(-1e308, 1e308)', 'x: expected a range of finite width, got low -1e+308, high 1e+308'],
    ['quniform(1, 5, 10)', 'x: expected two multiples of 10 between 1 and 5, got fewer'],
    ['quniform(1, 5, 0)', 'x: expected q > 0, got 0'],
    ['normal(0, 0)', 'x: expected sd > 0, got 0'],
    ['lognormal(0, 100)', 'x: expected mean and sd of ln x with |mean| + 9 sd below 700, got mean 0, sd 100'],
    ['randint(0)', 'x: expected low < high (high is left out), got low 0, high 0'],
    ['choice()', 'x: expected at least one choice, got none'],
    [{ choice: {} }, 'x: expected at least one choice, got none'],
    ['choice(a, b, a)', 'x: expected different choices, got "a" twice'],
    ['choice(a: 0, b: 1)', 'x: expected weights > 0, got 0. leave the choice out instead'],
    ['choice(a: -1, b: 1)', 'x: expected weights > 0, got -1'],
    ['pchoice(a: 0.5, b: 0.9)', 'x: expected probabilities with the sum 1, got 1.4. choice takes weights of any sum'],
    [{ choice: ['a'], weights: [1, 2] }, 'x: expected 1 weights, one for each choice, got 2'],
    [{ choice: ['a'], weights: { b: 2 } }, 'x: expected weights for a, got one for "b"'],
    [{ choice: ['a', 'b'], weights: { a: 2 } }, 'x: expected a weight for b, got none'],
    [{ choice: ['a'], wieghts: [1] }, 'x: expected only choice and weights, got "wieghts". choice is a reserved name'],
    [
      { choice: [{ a: 1 }] },
      'x: expected plain values in a choice, got { a }. options with parameters are written as a map: choice: { name: { … } }',
    ],
    [{ choice: { 'a.b': 1 } }, 'x: expected option names of letters, digits, _ + and -, got "a.b"'],
    [{ choice: 3 }, 'x: expected a list of values or a map of options, got 3. choice is a reserved name'],
    [
      { uniform: [0, 1], choice: ['a'] },
      'x: expected one distribution, got uniform and choice. these are reserved names: a parameter cannot be called so',
    ],
    [{ uniform: [0, Number.POSITIVE_INFINITY] }, 'x: expected a finite number for high, got Infinity'],
    [{ uniform: [0, '1'] }, 'x: expected a number for high, got "1"'],
    [{ uniform: [0] }, 'x: expected uniform(low, high, step=, log), got 1 number'],
    [{ uniform: { low: 0 } }, 'x: expected uniform(low, high, step=, log), got no high'],
    [{ uniform: [0, 1], log: 1 }, 'x: expected true or false for log, got 1'],
    [{ uniform: [0, 1], lgo: true }, 'x: expected low, high, step, log in uniform, got "lgo"'],
    [{ repeat: 3 }, 'x: expected repeat and each, got no each. both are reserved names'],
    [{ repeat: 3, each: 1, eahc: 1 }, 'x: expected only repeat and each, got "eahc". did you mean each?'],
    [{ repeat: 1e9, each: 1 }, 'x: expected a length from 0 to 256, got 1000000000'],
    [{ repeat: 'int(1, 1000)', each: 1 }, 'x: expected a length from 0 to 256, got 1 to 1000'],
    [
      { repeat: 'uniform(1, 4)', each: 1 },
      'x: expected int(low, high) or a whole number as length, got "uniform(1, 4)"',
    ],
    [{ repeat: 'int(1, 4)', each: {} }, 'x.each: expected at least one parameter, got an empty group'],
    [{ repeat: 200, each: { repeat: 200, each: 1 } }, 'x: expected at most 10000 parameters, got 40000 or more'],
    [{}, 'x: expected at least one parameter, got an empty group'],
    [[], 'x: expected at least one element, got an empty list'],
    [null, 'x: expected a distribution, a group or a constant, got null. the constant null is written choice(null)'],
    [Number.NaN, 'x: expected a finite number, got NaN'],
    [{ values: [1, 2] }, 'x: expected a distribution, got { values }. one of several is written choice(16, 32, 64)'],
    [
      { distribution: 'uniform', min: 0, max: 1 },
      'x: expected a distribution, got { distribution, min, max }. a range is written uniform(0, 1), loguniform(1e-5, 0.1) or int(1, 8)',
    ],
    [{ '1a': 1 }, 'x.1a: expected a name of letters, digits, _ and -, got "1a"'],
    [{ 'a.b': 1 }, 'x.a.b: expected a name of letters, digits, _ and -, got "a.b"'],
    [{ constructor: 1 }, 'x.constructor: expected a name of letters, digits, _ and -, got "constructor"'],
    [{ o: { choice: { a: { lr: 'uniform(1, 0)' } } } }, 'x.o.a.lr: expected low < high, got low 1, high 0. swap them?'],
    [
      [0.1, 0.2],
      'x: expected something to tune, got a list of 2 constants. one of them is written choice(0.1, 0.2); a value between them uniform(0.1, 0.2); the list as it is [choice(0.1), choice(0.2)]',
    ],
    [
      [1, 8],
      'x: expected something to tune, got a list of 2 constants. one of them is written choice(1, 8); a value between them int(1, 8); the list as it is [choice(1), choice(8)]',
    ],
    [
      [1e-5, 0.1],
      'x: expected something to tune, got a list of 2 constants. one of them is written choice(0.00001, 0.1); a value between them loguniform(0.00001, 0.1); the list as it is [choice(0.00001), choice(0.1)]',
    ],
    [
      ['adam', 'sgd', '16', null, true, 3],
      'x: expected something to tune, got a list of 6 constants. one of them is written choice(adam, sgd, "16", null, true, …); the list as it is [choice(adam), choice(sgd), …]',
    ],
    [
      [224, 224],
      'x: expected something to tune, got a list of 2 constants. one value is written 224; the list as it is [choice(224), choice(224)]',
    ],
    [
      { choice: { a: [64] } },
      'x.a: expected something to tune, got a list of 1 constant. one value is written 64; the list as it is [choice(64)]',
    ],
    [
      [
        [3, 3],
        [5, 5],
      ],
      'x: expected something to tune, got lists of constants. one of several lists is written as one of several options, choice: { small: …, large: … }; a constant in a list choice(3)',
    ],
    [
      '0.1, 0.2',
      'x: expected something to tune, got the text "0.1, 0.2". one of them is written choice(0.1, 0.2); a value between them uniform(0.1, 0.2); the text as it is choice("0.1, 0.2")',
    ],
    [
      ' [64, 64]',
      'x: expected something to tune, got the text " [64, 64]". one value is written 64; the text as it is choice(" [64, 64]")',
    ],
  ])('%j is refused', (tree, message) => {
    expect(() => compileSpace({ x: tree })).toThrow(expect.objectContaining({ message }))
  })

  test.each<[Tree, string]>([
    ['uniform(0, 1)', 'expected a map of parameters by name, got "uniform(0, 1)"'],
    [{ uniform: [0, 1] }, 'expected a map of parameters by name, got { uniform }'],
    [['a'], 'expected a map of parameters by name, got a list of 1'],
    [{}, 'expected at least one parameter, got an empty group'],
  ])('%j is no space', (tree, message) => {
    expect(() => compileSpace(tree)).toThrow(expect.objectContaining({ message }))
  })

  test('all faults are told, each with its path', () => {
    const { problems } = checkTree({
      a: { lr: 'uniform(1, 0)', ok: 'uniform(0, 1)' },
      o: { choice: { sgd: { m: 'uniform(0, 1, q=2)' } } },
      l: { repeat: 2, each: ['choice()'] },
    })
    expect(problems.map(({ code, path, offset }) => [code, path.join('/'), offset])).toEqual([
      ['space/bounds', 'a/lr', undefined],
      ['space/notation', 'o/choice/sgd/m', 14],
      ['space/choice', 'l/each/0', undefined],
    ])
  })

  test('cycles and bombs end in an error, not in memory', () => {
    const cyclic: Record<string, Tree> = { x: 1 }
    cyclic['self'] = { deeper: cyclic }
    expect(() => compileSpace(cyclic)).toThrow(
      expect.objectContaining({ message: 'self.deeper: expected a finite space, got one that contains itself' }),
    )
    const length: Record<string, Tree> = { each: 1 }
    length['repeat'] = length
    expect(() => compileSpace({ x: length })).toThrow(
      expect.objectContaining({ message: 'x: expected a finite space, got one that contains itself' }),
    )
    let deep: Tree = 1
    for (let i = 0; i < 40; i++) deep = { a: deep }
    expect(() => compileSpace(deep)).toThrow(/a: expected at most 32 levels, got more$/)
    let bomb: Tree = { a: 1 }
    for (let i = 0; i < 30; i++) bomb = { a: bomb, b: bomb }
    expect(() => compileSpace(bomb)).toThrow(/expected at most (100000 nodes|10000 parameters), got/)
  })
})
