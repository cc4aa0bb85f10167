import { descriptionOf, asksForNothing, boundWords, nestedObject, typeWords } from './schema-words.ts';
import type { Schema } from './description.ts';
import { Prose } from './prose.tsx';

/** The fields of an object, those within them folded away. */
export function Fields({ schema, isRequest = false }: { schema: Schema; isRequest?: boolean }) {
  const fields = Object.entries(schema.properties ?? {});
  const neutral = isRequest ? fields.filter(([, field]) => asksForNothing(field)) : [];
  const shown = fields.filter((entry) => !neutral.includes(entry));
  return (
    <>
      <ul class="fields">
        {shown.map(([name, field]) => (
          <Field
            name={name}
            schema={field}
            required={schema.required?.includes(name) === true}
            isRequest={isRequest}
          />
        ))}
      </ul>
      {neutral.length > 0 && (
        <p class="hint">
          Also taken, where they ask for nothing:{' '}
          {neutral.map(([name], index) => (
            <>
              {index > 0 && ', '}
              <code>{name}</code>
            </>
          ))}
          .
        </p>
      )}
    </>
  );
}

interface FieldProps {
  name: string;
  schema: Schema;
  required: boolean;
  isRequest?: boolean;
}

export function Field({ name, schema, required, isRequest = false }: FieldProps) {
  const bounds = boundWords(schema);
  const description = descriptionOf(schema);
  const nested = nestedObject(schema);
  return (
    <li>
      <p class="field-head">
        <code>{name}</code> <span class="muted">{typeWords(schema)}</span>{' '}
        {required && isRequest && <span class="badge word">required</span>}
        {bounds !== '' && <span class="hint">{bounds}</span>}
      </p>
      {description !== '' && <Prose text={description} />}
      {nested && (
        <details>
          <summary>Fields of {name}</summary>
          <Fields schema={nested} isRequest={isRequest} />
        </details>
      )}
    </li>
  );
}
