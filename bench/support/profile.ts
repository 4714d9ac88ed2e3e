import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { tellParent } from './child.ts';

export type ProfileRequest =
  | { readonly kind: 'profile-start' }
  | { readonly kind: 'profile-stop'; readonly path: string };

/** Fine enough for functions that take a tenth of a microsecond per event. */
const SAMPLE_EVERY_MICROS = 250;

/** In the child: makes CPU profiles of just the stretch that the parent measures. */
export function answerProfiling(): void {
  const session = new Session();
  const answer = async (request: ProfileRequest): Promise<void> => {
    if (request.kind === 'profile-start') {
      session.connect();
      await session.post('Profiler.enable');
      await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_EVERY_MICROS });
      await session.post('Profiler.start');
      return;
    }
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    writeFileSync(request.path, JSON.stringify(profile));
    tellParent({ kind: 'profiled' });
  };
  process.on('message', (message: ProfileRequest) => {
    if (message.kind === 'profile-start' || message.kind === 'profile-stop') void answer(message);
  });
}
