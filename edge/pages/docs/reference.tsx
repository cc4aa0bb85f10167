import { type Description, type Endpoint, endpoints } from './description.ts';
import { OperationReference } from './operation.tsx';
import { Inline } from './prose.tsx';

/**
 * The reference of the API, from its description: the page's inside. It is the same for every server, so it is made when static
 * files are built; a request fills in the address.
 */
export function Reference({ description }: { description: Description }) {
  const all = endpoints(description);
  const groups = description.tags
    .map((tag) => ({
      ...tag,
      id: idOf(tag.name),
      members: all.filter(({ tags }) => tags.includes(tag.name)),
    }))
    .filter(({ members }) => members.length > 0);
  return (
    <>
      <nav class="reference-nav" aria-label="Operations">
        {groups.map(({ name, id, members }) => (
          <div data-group>
            <p>
              <a href={`#${id}`}>{name}</a>
            </p>
            <ul>
              {members.map((member) => (
                <Entry endpoint={member} />
              ))}
            </ul>
          </div>
        ))}
        <div data-group>
          <p>
            <a href="#errors">Errors</a>
          </p>
        </div>
      </nav>
      <div class="reference-body">
        {groups.map(({ name, id, description: about, members }) => (
          <section class="operation-group" aria-labelledby={id} data-group>
            <h2 id={id}>{name}</h2>
            <p class="muted">{about}</p>
            {members.map((member) => (
              <OperationReference endpoint={member} all={description} />
            ))}
          </section>
        ))}
        <Errors description={description} />
      </div>
    </>
  );
}

function Entry({ endpoint: { operationId, method, summary } }: { endpoint: Endpoint }) {
  return (
    <li>
      <a href={`#${operationId}`} data-operation={operationId}>
        <span class={`method ${method.toLowerCase()}`}>{method}</span> {summary}
      </a>
    </li>
  );
}

/** Every code, told once. */
function Errors({ description }: { description: Description }) {
  const code = description.components.schemas['Error']?.properties?.['error']?.properties?.['code'];
  const lines = (code?.description ?? '').split('\n').map((line) => line.replace(/^- /, ''));
  return (
    <section class="operation-group" aria-labelledby="errors">
      <h2 id="errors">Errors</h2>
      <p class="muted">
        <Inline text={description.info.description} />
      </p>
      <ul class="fields errors">
        {lines.map((line) => (
          <li>
            <Inline text={line} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function idOf(name: string): string {
  return name.toLowerCase().replace(/\W+/g, '-');
}
