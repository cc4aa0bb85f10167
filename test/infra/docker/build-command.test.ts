import { describe, expect, it } from 'vitest';
import { buildCommand } from '../../../infra/docker/build-command.ts';

const build = {
  stage: 'cpu',
  buildArguments: { BASE_IMAGE: 'a/b:c', REVISION: undefined },
  secrets: { npmrc: '/home/me/.npmrc', certificates: undefined },
};

describe('the command that builds an image', () => {
  it('names what is given and leaves out what is not', () => {
    const command = buildCommand({ ...build, builder: 'docker', result: { tag: 'tandem-backend:cpu' } });
    expect(command.join(' ')).toBe(
      'build --file infra/docker/Dockerfile --target cpu --build-arg BASE_IMAGE=a/b:c ' +
        '--secret id=npmrc,src=/home/me/.npmrc --tag tandem-backend:cpu .',
    );
  });

  it("asks buildah for docker's format, which alone has health checks", () => {
    const command = buildCommand({ ...build, builder: 'buildah', result: { folder: '/out' } });
    expect(command.slice(0, 4)).toEqual(['bud', '--format', 'docker', '--layers']);
    expect(command.join(' ')).toContain('--output type=local,dest=/out');
  });
});
