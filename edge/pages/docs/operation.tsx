import { Examples } from '../snippet.tsx';
import { credential, type Description, type Endpoint, resolve, type Schema } from './description.ts';
import { examplesOf } from './examples.ts';
import { Field, Fields } from './fields.tsx';
import { Inline, Prose } from './prose.tsx';

/** One operation: what it takes and answers, and how it is called. The script finds what it needs to try it in `data-`. */
export function OperationReference({ endpoint, all }: { endpoint: Endpoint; all: Description }) {
  const { operationId, method, path, summary, description, parameters = [], requestBody } = endpoint;
  const body = requestBody?.content['application/json'];
  const needed = credential(endpoint);
  return (
    <section
      class="operation"
      id={operationId}
      data-method={method}
      data-path={path}
      data-parameters={
        // Not false, which would be the attribute's text.
        parameters.length > 0
          ? JSON.stringify(parameters.map(({ name, in: place, required }) => ({ name, in: place, required })))
          : undefined
      }
      data-body={body && JSON.stringify(body.example, null, 2)}
    >
      <div class="stack">
        <h3>
          <a href={`#${operationId}`}>{summary}</a>
        </h3>
        <p class="address">
          <span class={`method ${method.toLowerCase()}`}>{method}</span> <code>{path}</code>{' '}
          {needed === 'admin' && <span class="badge">admin token</span>}
          {needed === null && <span class="badge">no key</span>}
        </p>
        {description && <Prose text={description} />}
        {parameters.length > 0 && (
          <>
            <h4>Parameters</h4>
            <ul class="fields">
              {parameters.map(({ name, in: place, schema, required, description: meaning }) => (
                <Field
                  name={name}
                  schema={{ ...schema, description: `In the ${place}. ${meaning}` }}
                  required={required}
                  isRequest
                />
              ))}
            </ul>
          </>
        )}
        {body && (
          <>
            <h4>Body{requestBody?.required === false && <span class="muted"> (may be left out)</span>}</h4>
            <BodyFields schema={resolve(body.schema, all)} isRequest />
          </>
        )}
        <h4>Answers</h4>
        <Answers endpoint={endpoint} all={all} />
      </div>
      <div class="example-column">
        <div class="stack">
          <Examples name={`${summary}, examples`} snippets={examplesOf(endpoint)} />
        </div>
      </div>
    </section>
  );
}

/** A body of one form, or of several. */
function BodyFields({ schema, isRequest = false }: { schema: Schema; isRequest?: boolean }) {
  if (schema.properties) return <Fields schema={schema} isRequest={isRequest} />;
  return (
    <ul class="fields">
      <Field name="(the body)" schema={schema} required={false} isRequest={isRequest} />
    </ul>
  );
}

function Answers({ endpoint, all }: { endpoint: Endpoint; all: Description }) {
  return (
    <ul class="answers">
      {Object.entries(endpoint.responses).map(([status, { description, headers = {}, content }]) => {
        const schema = content?.['application/json']?.schema;
        const isError = Number(status) >= 400 && schema?.allOf !== undefined;
        const names = Object.keys(headers).filter((name) => name !== 'x-request-id');
        return (
          <li>
            <p>
              <span class={`status-code s${status[0]}`}>{status}</span> <Inline text={description} />
            </p>
            {schema && !isError && (
              <details>
                <summary>Fields</summary>
                <BodyFields schema={resolve(schema, all)} />
              </details>
            )}
            {names.length > 0 && !isError && (
              <details>
                <summary>Headers</summary>
                <ul class="fields">
                  {names.map((name) => (
                    <li>
                      <p class="field-head">
                        <code>{name}</code>
                      </p>
                      <Prose text={all.components.headers[name]?.description ?? ''} />
                    </li>
                  ))}
                </ul>
              </details>
            )}
          </li>
        );
      })}
    </ul>
  );
}
