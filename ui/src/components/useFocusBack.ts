import { useEffect, useState } from "react";

/** Whoever opened this finds the focus where they left it, once it is gone; unless they have gone on already. */
export function useFocusBack(): void {
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      if (before instanceof HTMLElement && document.activeElement === document.body) before.focus();
    },
    [before],
  );
}
