export const BUILDERS = ['docker', 'buildah'] as const;
export type Builder = (typeof BUILDERS)[number];

export const TARGETS = ['cpu', 'cuda'] as const;
export type Target = (typeof TARGETS)[number];

export interface ImageBuild {
  builder: Builder;
  /** A stage of the Dockerfile. */
  stage: string;
  buildArguments: Record<string, string | undefined>;
  /** Files that a build step may read and that no layer keeps, by the Dockerfile's name for them. */
  secrets: Record<string, string | undefined>;
  /** A name for the image, or a folder for the files of the stage. */
  result: { tag: string } | { folder: string };
}

/** The arguments to the builder, with the project as context. What is undefined is left out. */
export function buildCommand({ builder, stage, buildArguments, secrets, result }: ImageBuild): string[] {
  const given = (values: Record<string, string | undefined>) =>
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return [
    ...(builder === 'docker'
      ? ['build']
      : // HEALTHCHECK is no part of the OCI format. With layers kept, the second build takes seconds.
        ['bud', '--format', 'docker', '--layers']),
    ...['--file', 'infra/docker/Dockerfile', '--target', stage],
    ...given(buildArguments).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...given(secrets).flatMap(([id, path]) => ['--secret', `id=${id},src=${path}`]),
    ...('tag' in result ? ['--tag', result.tag] : ['--output', `type=local,dest=${result.folder}`]),
    '.',
  ];
}
