import type { Case } from './workload.ts';

/** What Tandem is to reach on two cores at the 400M's shape, as a multiple of transformers' speed in fp32. */
const TARGETS = [
  { contender: 'Tandem fp32', rows: 1, beams: 10, ratio: 3 },
  { contender: 'Tandem int8', rows: 1, beams: 10, ratio: 5 },
  { contender: 'Tandem int4', rows: 1, beams: 10, ratio: 6 },
  { contender: 'Tandem int8', rows: 1, beams: 1, ratio: 6 },
  { contender: 'Tandem int4', rows: 1, beams: 1, ratio: 8 },
  { contender: 'Tandem int8', rows: 8, beams: 10, ratio: 6 },
];

export function targetRatio(contender: string, { rows, beams }: Case): number | undefined {
  return TARGETS.find(
    (target) => target.contender === contender && target.rows === rows && target.beams === beams,
  )?.ratio;
}
