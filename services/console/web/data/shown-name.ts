import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** What the page calls that which its address names, in the reader's language; undefined while it is not known. */
export const shownName = signal<string | undefined>(undefined);

/** Names what the component shows for as long as it is shown: in the title of the tab. */
export function useShownName(name: string): void {
  useEffect(() => {
    shownName.value = name;
    return () => {
      if (shownName.peek() === name) shownName.value = undefined;
    };
  }, [name]);
}
