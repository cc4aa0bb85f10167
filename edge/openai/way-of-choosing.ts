import type { GenerationParameters } from '../../shared/generation-parameters.ts';
import { ApiError } from '../errors.ts';
import type { GenerationFields } from './generation-fields.ts';

type WayOfChoosing = Pick<
  GenerationParameters,
  'do_sample' | 'num_beams' | 'beam_delay' | 'num_return_sequences'
>;

/**
 * How tokens are chosen: with beams or drawn, and how many sequences side by side. A request that says nothing gets the
 * model's own way. A temperature above 0, or a cut (`top_p`, `top_k`, `min_p`) that takes something away, asks to draw; a
 * temperature of 0 asks not to, and a `beam_delay` asks to draw and then to search. `seed` alone asks for nothing: a search repeats anyway.
 * @param limits.defaults the model's recommended generation
 * @throws {ApiError} invalid_value for wishes that contradict each other or that are too wide
 */
export function wayOfChoosing(
  fields: GenerationFields,
  limits: { defaults: GenerationParameters; maxNumBeams: number },
): WayOfChoosing {
  const { defaults, maxNumBeams } = limits;
  const count = fields.n ?? 1;
  refuseContradictions(fields, count);
  for (const name of ['n', 'best_of', 'num_beams'] as const) {
    const value = fields[name] ?? 1;
    if (value > maxNumBeams) throw invalid(name, `${name} (${value}) cannot exceed ${maxNumBeams}.`);
  }

  const ownBeams = Math.max(Math.min(defaults.num_beams, maxNumBeams), count);
  if (isSilent(fields) && defaults.beam_delay > 0 && ownBeams > 1) {
    const { do_sample, beam_delay } = defaults;
    return { do_sample, beam_delay, num_beams: ownBeams, num_return_sequences: count };
  }
  const beam_delay = fields.beam_delay ?? 0;
  if (beam_delay > 0) {
    const num_beams = fields.num_beams ?? fields.best_of ?? ownBeams;
    if (num_beams === 1) {
      const message = `beam_delay (${beam_delay}) draws the first tokens of several beams: set num_beams to 2 or more.`;
      throw invalid('beam_delay', message);
    }
    requireBeams(count, num_beams);
    return { do_sample: true, beam_delay, num_beams, num_return_sequences: count };
  }
  if (draws(fields, defaults)) {
    return { do_sample: true, num_beams: 1, beam_delay: 0, num_return_sequences: fields.best_of ?? count };
  }
  const oneBeam = fields.use_beam_search === false ? 1 : null;
  const num_beams = fields.num_beams ?? oneBeam ?? fields.best_of ?? ownBeams;
  requireBeams(count, num_beams);
  return { do_sample: false, num_beams, beam_delay: 0, num_return_sequences: count };
}

function requireBeams(count: number, numBeams: number): void {
  if (count > numBeams) throw invalid('n', `n (${count}) cannot exceed num_beams (${numBeams}).`);
}

/** Whether a request leaves the way of choosing to the model. */
function isSilent(fields: GenerationFields): boolean {
  const { do_sample, temperature, use_beam_search, num_beams, beam_delay, best_of } = fields;
  const said = [do_sample, temperature, use_beam_search, num_beams, beam_delay, best_of, cutOf(fields)];
  return said.every((value) => value == null);
}

function draws(fields: GenerationFields, defaults: GenerationParameters): boolean {
  if (fields.do_sample != null) return fields.do_sample;
  if (fields.temperature === 0 || wantsBeams(fields)) return false;
  if (fields.temperature != null || cutOf(fields) !== null) return true;
  // Without its delay, a model's delayed search is a search.
  return defaults.do_sample && !(fields.beam_delay === 0 && defaults.beam_delay > 0);
}

function wantsBeams({ use_beam_search, num_beams }: GenerationFields): boolean {
  return use_beam_search === true || (num_beams ?? 1) > 1;
}

/** The first parameter that takes something away from what may be drawn. */
function cutOf({ top_p, top_k, min_p }: GenerationFields): 'top_p' | 'top_k' | 'min_p' | null {
  if (top_p != null && top_p < 1) return 'top_p';
  if (top_k != null && top_k > 0) return 'top_k';
  if (min_p != null && min_p > 0) return 'min_p';
  return null;
}

function refuseContradictions(fields: GenerationFields, count: number): void {
  const { best_of, use_beam_search, num_beams, beam_delay, do_sample, temperature } = fields;
  if (best_of != null && best_of < count) {
    throw invalid('best_of', `best_of (${best_of}) is less than n (${count}).`);
  }
  if (use_beam_search === false && num_beams != null && num_beams > 1) {
    throw invalid('num_beams', `num_beams (${num_beams}) needs use_beam_search, which is false.`);
  }
  if (do_sample === true && temperature === 0) {
    throw invalid('temperature', 'temperature (0) draws nothing, and do_sample asks to draw: leave one out.');
  }
  // A temperature of 1 changes nothing, and clients send it unasked.
  const shape = temperature != null && temperature !== 0 && temperature !== 1 ? 'temperature' : cutOf(fields);
  if (shape !== null && do_sample === false) {
    throw invalid(shape, `${shape} shapes what is drawn, and do_sample is false: leave one out.`);
  }
  if (beam_delay != null && beam_delay > 0) {
    refuseOtherThanDelayed(fields, beam_delay);
    return;
  }
  const drawing = do_sample === true ? 'do_sample' : shape;
  if (drawing !== null && temperature !== 0 && wantsBeams(fields)) {
    const beams = use_beam_search === true ? 'use_beam_search' : 'num_beams';
    throw invalid(drawing, `${drawing} draws tokens and ${beams} searches with beams: leave one out.`);
  }
}

/** Delayed beams draw and search: whoever forbids either cannot have them. */
function refuseOtherThanDelayed(fields: GenerationFields, beamDelay: number): void {
  const { do_sample, temperature, use_beam_search } = fields;
  const forbidden =
    (do_sample === false && 'do_sample') ||
    (temperature === 0 && 'temperature') ||
    (use_beam_search === false && 'use_beam_search');
  if (!forbidden) return;
  const message = `beam_delay (${beamDelay}) draws tokens and then searches with beams, which ${forbidden} forbids: leave one out.`;
  throw invalid('beam_delay', message);
}

function invalid(param: string, message: string): ApiError {
  return new ApiError('invalid_value', { param, message });
}
