import { describe, expect, it } from '@jest/globals';
import { specTemplate } from '@titrate/contracts';
import { checkSpec, placeProblems } from './spec-problems.ts';

const text = 'apiVersion: titrate/v1\nkind: Sweep\nname: a\ncorpus: c\ngrid:\n  sizes: [tiny-64]\n  doses: [0, -3]\n';
const placed = (spec: string, field: string, rule = 'is wrong') => {
  const [problem] = placeProblems(spec, [{ field, rule }]);
  return [problem!.line, spec.slice(problem!.from, problem!.to)];
};

describe('problems of a spec', () => {
  it.each([
    ['corpus', [4, 'corpus']],
    ['grid.doses[1]', [7, '-3']],
    ['grid.seeds', [5, 'grid']],
    ['evaluation.prompts', [1, 'apiVersion: titrate/v1']],
  ])('stand at %s, or at the nearest part that is there', (field, expected) => expect(placed(text, field)).toEqual(expected));

  it('stand at the line that a rule names', () => expect(placed(text, '', 'must be YAML or JSON (line 3)')).toEqual([3, 'name: a']));
  it('have a place in an empty text', () => expect(placed('', 'grid')).toEqual([1, '']));
});

describe('checkSpec', () => {
  it('takes the template', () => expect(checkSpec(specTemplate('small'))).toEqual([]));
  it('names the field that the schema refuses', () => expect(checkSpec(text).map(({ field }) => field)).toEqual(['grid.doses[1]']));
  it('names the line of what is no YAML', () => {
    expect(checkSpec('name: a\ngrid: [1, 2')).toEqual([{ field: '', rule: expect.stringMatching(/^must be YAML \(line 2\)/) }]);
  });
});
