import type { Schema } from './description.ts';

/** What a value may be, in a few words: `text or list of text`. null, which is as good as absent, is left out. */
export function typeWords(schema: Schema): string {
  const choices = alternatives(schema);
  if (choices.length === 0) return 'null';
  return [...new Set(choices.map(single))].join(' or ');
}

function single(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' or ');
  switch (schema.type) {
    case 'string':
      return schema.format === undefined ? 'text' : `text (${schema.format})`;
    case 'array':
      return schema.maxItems === 0 ? '[]' : `list of ${listed(schema.items)}`;
    case 'integer':
    case 'number':
    case 'boolean':
    case 'object':
      return schema.type;
    default:
      return 'anything';
  }
}

function listed(items: Schema | undefined): string {
  if (items === undefined) return 'anything';
  const words = typeWords(items);
  return words.includes(' or ') ? `(${words})` : words;
}

/** Bounds and default, in words; "" where there are none. */
export function boundWords(schema: Schema): string {
  const bounds = alternatives(schema).flatMap((one) => [
    range(one.minimum, one.maximum, ''),
    range(one.minLength, one.maxLength, ' characters'),
    one.maxItems === 0 ? '' : range(one.minItems, one.maxItems, ' entries'),
    one.pattern === undefined ? '' : `like ${one.pattern}`,
  ]);
  const standard = schema.default === undefined ? [] : [`default ${JSON.stringify(schema.default)}`];
  return [...new Set([...bounds, ...standard])].filter((words) => words !== '').join(', ');
}

function range(least: number | undefined, most: number | undefined, unit: string): string {
  if (least !== undefined && most !== undefined)
    return least === most ? `${least}${unit}` : `${least} to ${most}${unit}`;
  if (most !== undefined) return `at most ${most}${unit}`;
  return least === undefined || (least === 0 && unit !== '') ? '' : `at least ${least}${unit}`;
}

/** The description that stands on the schema or on one of its alternatives. */
export function descriptionOf(schema: Schema): string {
  return schema.description ?? alternatives(schema).find((one) => one.description)?.description ?? '';
}

/** The object whose fields are worth showing below a field: itself, an alternative, or what a list holds. */
export function nestedObject(schema: Schema): Schema | null {
  for (const one of alternatives(schema)) {
    if (one.properties && Object.keys(one.properties).length > 0) return one;
    const inList = one.type === 'array' && one.items ? nestedObject(one.items) : null;
    if (inList !== null) return inList;
  }
  return null;
}

/**
 * Whether a field of a request can ask for nothing: it has one value, or none. The edge takes such fields since other
 * people's clients send them unasked.
 */
export function asksForNothing(schema: Schema): boolean {
  return alternatives(schema).every(
    (one) =>
      one.const !== undefined ||
      one.maxItems === 0 ||
      (one.type === 'object' && one.additionalProperties === false && !one.properties),
  );
}

/** The schema's alternatives without null, each by itself. */
export function alternatives(schema: Schema): Schema[] {
  const { anyOf, oneOf, ...rest } = schema;
  const branches = anyOf ?? oneOf;
  if (branches !== undefined) return branches.flatMap(alternatives);
  const types = [rest.type ?? []].flat().filter((type) => type !== 'null');
  if (rest.type === undefined) return [rest];
  return types.map((type) => ({ ...rest, type }));
}
