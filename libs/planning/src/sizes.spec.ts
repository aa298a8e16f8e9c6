import { describe, expect, it } from '@jest/globals';
import { stepsFor } from './cells.ts';
import { flopPerToken } from './estimate.ts';
import { countParameters } from './parameters.ts';
import { findSize, namedSizes } from './sizes.ts';

describe('countParameters()', () => {
  /**
   * From OLMo-core 3.0.0: `c = TransformerConfig.olmo2_190M(vocab_size=100352); c.num_params, c.num_non_embedding_params`
   * and so on, as `tests/test_model.py` of the trainer asserts again on the installed package; 2b and the tiny ones by `TransformerConfig.llama_like(..., block_name=reordered_norm, qk_norm=True)` with these widths.
   */
  it.each([
    ['190m', 100_352, 267_424_512, 190_354_176],
    ['370m', 100_352, 474_022_912, 371_262_464],
    ['600m', 100_352, 732_255_552, 597_382_464],
    ['760m', 100_352, 912_360_960, 758_220_288],
    ['1b', 100_352, 1_619_150_848, 1_413_629_952],
    ['2b', 100_352, 2_191_690_240, 1_934_789_120],
    ['7b', 100_352, 7_298_617_344, 6_887_575_552],
    ['13b', 100_352, 13_716_198_400, 13_202_396_160],
    ['olmo3-190m', 100_352, 267_424_512, 190_354_176],
    ['olmo3-370m', 100_352, 474_022_912, 371_262_464],
    ['olmo3-600m', 100_352, 676_414_720, 547_964_160],
    ['olmo3-1b', 100_352, 1_484_916_736, 1_279_395_840],
    ['tiny-64', 1032, 226_880, 160_832],
    ['tiny-96', 1032, 531_168, 432_096],
    ['tiny-128', 1032, 1_020_032, 887_936],
  ])('counts %s with %i ids as OLMo-core does', (name, vocabulary, all, withoutEmbeddings) => {
    expect(countParameters(findSize(name)!.shape, vocabulary)).toEqual({ all, withoutEmbeddings });
  });

  it('counts shared key and value heads as OLMo-core does', () => {
    const shape = {
      family: 'olmo2' as const,
      width: 128,
      layers: 2,
      heads: 4,
      keyValueHeads: 2,
      feedForwardWidth: 256,
      ropeTheta: 500_000,
    };
    expect(countParameters(shape, 5000)).toEqual({ all: 1_575_936, withoutEmbeddings: 935_936 });
  });
});

describe('namedSizes', () => {
  it('names each size once', () => {
    expect(new Set(namedSizes.map(({ name }) => name)).size).toBe(namedSizes.length);
  });

  it('reaches no more of an H100 than was ever published', () => {
    for (const { shape, throughput, training } of namedSizes.filter((size) => size.throughput.gpus > 0)) {
      const { all } = countParameters(shape, 100_352);
      const utilisation = (throughput.tokensPerSecond * flopPerToken(shape, all, training.sequenceLength)) / 989e12;
      expect(utilisation).toBeGreaterThan(0.3);
      expect(utilisation).toBeLessThan(0.65);
    }
  });

  /** 20 tokens for each parameter that a size is called by: the study's 12B, 40B, 140B and 260B, the replication's 3.8B to 20B. */
  it.each([
    ['190m', 3.8e9, 14_496, 262_144],
    ['370m', 7.4e9, 28_229, 262_144],
    ['600m', 12e9, 45_776, 262_144],
    ['1b', 20e9, 76_294, 262_144],
    ['2b', 40e9, 76_294, 524_288],
    ['7b', 140e9, 133_514, 1_048_576],
    ['13b', 260e9, 123_978, 2_097_152],
    ['olmo3-600m', 12e9, 45_776, 262_144],
  ])('trains %s on %i tokens in %i steps of %i', (name, tokens, steps, batch) => {
    const { training, nominalParameters } = findSize(name)!;
    expect(20 * nominalParameters!).toBe(tokens);
    expect(training.batchInstances * training.sequenceLength).toBe(batch);
    expect(stepsFor(tokens, training)).toBe(steps);
  });

  it('says of every number where it comes from', () => {
    for (const { shapeSource, trainingSource, throughput } of namedSizes)
      for (const { mark, source } of [shapeSource, trainingSource, throughput]) {
        expect(['P', 'D', 'U']).toContain(mark);
        expect(source).not.toBe('');
      }
  });
});
