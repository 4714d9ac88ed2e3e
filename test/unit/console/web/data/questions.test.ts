import { describe, expect, it } from 'vitest';
import { createQuestions } from '../../../../../services/console/web/data/questions.ts';
import type { Outcome } from '../../../../../services/console/web/data/questions.ts';

/** A question whose answers come when the test says so. */
function aQuestion() {
  const asked: (PromiseWithResolvers<number> & { signal: AbortSignal })[] = [];
  const told: Outcome<number>[] = [];
  const questions = createQuestions<number>(
    (signal) => {
      const answer = { ...Promise.withResolvers<number>(), signal };
      asked.push(answer);
      return answer.promise;
    },
    (outcome) => told.push(outcome),
  );
  /** Lets what was answered arrive. */
  const arrive = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) await Promise.resolve();
  };
  return { questions, asked, told, arrive };
}

describe('a question that is asked again and again', () => {
  it('is answered though it takes longer than the time between two reloads', async () => {
    const { questions, asked, told, arrive } = aQuestion();
    questions.ask();
    for (let reload = 0; reload < 10; reload++) {
      questions.ask();
      await arrive();
    }
    expect(asked).toHaveLength(1);
    expect(asked[0]?.signal.aborted).toBe(false);
    asked[0]?.resolve(1);
    await arrive();
    expect(told).toEqual([{ data: 1 }]);
  });

  it('is put once more after an answer that others did not wait for, and only once', async () => {
    const { questions, asked, told, arrive } = aQuestion();
    questions.ask();
    questions.ask();
    questions.ask();
    asked[0]?.resolve(1);
    await arrive();
    expect(asked).toHaveLength(2);
    asked[1]?.resolve(2);
    await arrive();
    expect(told).toEqual([{ data: 1 }, { data: 2 }]);
    expect(asked).toHaveLength(2);
    questions.ask();
    expect(asked).toHaveLength(3);
  });

  it('is put again after a failure too, which is told', async () => {
    const { questions, asked, told, arrive } = aQuestion();
    const error = new Error('away');
    questions.ask();
    questions.ask();
    asked[0]?.reject(error);
    await arrive();
    expect(told).toEqual([{ error }]);
    asked[1]?.resolve(2);
    await arrive();
    expect(told.at(-1)).toEqual({ data: 2 });
  });

  it('may be put again by whoever is told of an answer', async () => {
    const asked: PromiseWithResolvers<number>[] = [];
    const questions = createQuestions<number>(
      () => {
        asked.push(Promise.withResolvers());
        return (asked.at(-1) as PromiseWithResolvers<number>).promise;
      },
      () => questions.ask(),
    );
    questions.ask();
    questions.ask();
    asked[0]?.resolve(1);
    for (let i = 0; i < 5; i++) await Promise.resolve();
    // Who was told asked, and so had somebody before: one question answers both.
    expect(asked).toHaveLength(2);
  });

  it('tells nothing once it is given up', async () => {
    const { questions, asked, told, arrive } = aQuestion();
    questions.ask();
    questions.ask();
    questions.stop();
    expect(asked[0]?.signal.aborted).toBe(true);
    asked[0]?.resolve(1);
    await arrive();
    questions.ask();
    expect(told).toEqual([]);
    expect(asked).toHaveLength(1);
  });
});
