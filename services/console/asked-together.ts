/**
 * Answers those together who ask the same while it is being answered: they wait for its end, and one more answer is for all
 * of them. So what many people look at is read twice at a time at most, however many they are.
 * Law: whoever asks gets an answer that was begun after that, as when it had been alone; a failure is that of all who
 * shared it, and of nobody after them.
 */
export function askedTogether<T>(): (question: string, answer: () => Promise<T>) => Promise<T> {
  const running = new Map<string, Promise<T>>();
  const waiting = new Map<string, Promise<T>>();

  const begin = (question: string, answer: () => Promise<T>): Promise<T> => {
    const answered = answer().finally(() => {
      if (running.get(question) === answered) running.delete(question);
    });
    running.set(question, answered);
    return answered;
  };
  return (question, answer) => {
    const before = running.get(question);
    if (!before) return begin(question, answer);
    const known = waiting.get(question);
    if (known) return known;
    const after = (): Promise<T> => {
      waiting.delete(question);
      return begin(question, answer);
    };
    const next = before.then(after, after);
    waiting.set(question, next);
    return next;
  };
}
