import { TidemarkError } from '../../kernel/errors.ts';

/** A step of Redis by its name: whatever it throws has an unknown outcome. @throws redis_unavailable */
export const guarded =
  <A extends unknown[], R>(name: string, step: (...args: A) => Promise<R>) =>
  async (...args: A): Promise<R> => {
    try {
      return await step(...args);
    } catch (cause) {
      throw new TidemarkError('redis_unavailable', `${name}: ${(cause as Error).message}`, {
        cause,
      });
    }
  };
