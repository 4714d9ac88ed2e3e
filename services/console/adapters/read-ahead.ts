/**
 * Results in the order of their index, of which some are asked for while one is taken in. Where one fails or the taker
 * leaves, nobody takes those that are under way.
 * @param read begins one   @param ahead ≥ 1
 */
export async function* readAhead<T>(
  { count, ahead }: { readonly count: number; readonly ahead: number },
  read: (index: number) => Promise<T>,
): AsyncGenerator<T> {
  const underWay: Promise<T>[] = [];
  const ask = (index: number): void => {
    if (index >= count) return;
    const one = read(index);
    one.catch(() => {});
    underWay.push(one);
  };
  for (let index = 0; index < ahead; index++) ask(index);
  for (let index = 0; index < count; index++) {
    const one = await (underWay.shift() as Promise<T>);
    ask(index + ahead);
    yield one;
  }
}
