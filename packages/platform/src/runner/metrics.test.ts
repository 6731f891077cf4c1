import { describe, expect, it } from 'vitest'
import { parseJsonLine, parseNumber, stdoutParser } from './metrics.js'

describe('numbers as programs print them', () => {
  it.each([
    ['0.93', 0.93],
    ['-1e-3', -0.001],
    ['1E5', 100000],
    ['.5', 0.5],
    ['3.', 3],
    ['0.93,', 0.93],
    ['0.93)', 0.93],
    ['1e400', Number.POSITIVE_INFINITY],
    ['inf', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['NaN', Number.NaN],
    ['n/a', undefined],
    ['', undefined],
    ['0x10', undefined],
    ['1_000', undefined],
  ])('%s', (text, number) => expect(parseNumber(text)).toEqual(number))
})

describe('a pattern with named groups', () => {
  const parse = stdoutParser(
    { stdout: 'epoch (?<step>\\d+): acc=(?<accuracy>\\S+)(?: loss=(?<loss>\\S+))?', jsonLines: false },
    ['accuracy'],
  )

  it('gives its groups as metrics and step as the step', () => {
    expect(parse('epoch 3: acc=0.5 loss=nan')).toEqual({ step: 3, metrics: { accuracy: 0.5, loss: Number.NaN } })
    expect(parse('epoch 4: acc=0.25')).toEqual({ step: 4, metrics: { accuracy: 0.25 } })
  })

  it('passes over lines that do not match or have no number', () => {
    expect(parse('accuracy=0.5')).toBeUndefined()
    expect(parse('epoch 3: acc=soon')).toBeUndefined()
    expect(parse('{"accuracy": 1}')).toBeUndefined()
  })

  it('must be a regular expression', () => {
    expect(() => stdoutParser({ stdout: 'a(', jsonLines: false }, [])).toThrow(
      'metrics.stdout: expected a regular expression, got "a(": Invalid regular expression: /a(/: Unterminated group',
    )
  })
})

describe('JSON lines', () => {
  it('gives numbers, also those JSON has no words for', () => {
    expect(parseJsonLine('{"step": 2, "loss": 0.5, "name": "x", "deep": {"a": 1}}')).toEqual({
      step: 2,
      metrics: { loss: 0.5 },
    })
    expect(parseJsonLine('{"loss": NaN, "a": -Infinity, "b": "inf", "note": "was NaN, see"}')).toEqual({
      step: undefined,
      metrics: { loss: Number.NaN, a: Number.NEGATIVE_INFINITY, b: Number.POSITIVE_INFINITY },
    })
    expect(parseJsonLine('{"loss": 1e400}')).toEqual({ step: undefined, metrics: { loss: Number.POSITIVE_INFINITY } })
  })

  it('passes over what is no object of numbers', () => {
    for (const line of ['', '{', '{}', '[1]', '{"a": "b"}', '{broken}', 'null', '{"step": 1}']) {
      expect(parseJsonLine(line)).toBeUndefined()
    }
  })

  it('takes a step that is none for no step', () => {
    for (const step of ['-1', '"2"', '1e400', 'null']) {
      expect(parseJsonLine(`{"step": ${step}, "loss": 1}`)).toEqual({ step: undefined, metrics: { loss: 1 } })
    }
  })

  it('are found on standard output only if asked for', () => {
    expect(stdoutParser({ jsonLines: true }, ['loss'])('{"loss": 1}')).toEqual({
      step: undefined,
      metrics: { loss: 1 },
    })
  })
})

describe('without a pattern', () => {
  const parse = stdoutParser({ jsonLines: false }, ['accuracy'])

  it('finds name=number in lines that name an objective', () => {
    expect(parse('accuracy=0.93')).toEqual({ step: undefined, metrics: { accuracy: 0.93 } })
    expect(parse('[12:01] step=4 - loss: 1.5e-3, accuracy: 0.9.')).toEqual({
      step: 4,
      metrics: { loss: 0.0015, accuracy: 0.9 },
    })
    expect(parse('accuracy=nan')).toEqual({ step: undefined, metrics: { accuracy: Number.NaN } })
  })

  it.each([
    ['Epoch 3: loss=0.5 accuracy=0.9', 3],
    ['[12:01] epoch [4/27] accuracy: 0.9', 4],
    ['Iteration #12 accuracy=0.9', 12],
    // of the past, or of two counters, or no counter
    ['best accuracy=0.9 in epoch 3', undefined],
    ['Best epoch: 3, accuracy: 0.9', undefined],
    ['Epoch 2, step 100: accuracy=0.9', undefined],
    ['epochs=10 accuracy=0.9', undefined],
    ['epoch 0.5: accuracy=0.9', undefined],
  ])('%s', (line, step) => {
    expect(parse(line)).toMatchObject({ step, metrics: { accuracy: 0.9 } })
  })

  it('passes over other lines', () => {
    expect(parse('loss=1')).toBeUndefined()
    expect(parse('the accuracy is good')).toBeUndefined()
    expect(parse('accuracy=3x4')).toBeUndefined()
  })
})
