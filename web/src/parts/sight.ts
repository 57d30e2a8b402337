// Whether a part of the page has come into sight: what costs the server seconds is asked for then.
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

/** A little ahead of the edge of the window, so that it is often there when it is looked at. */
const AHEAD = "200px";

export function useSight<T extends Element>(): [RefObject<T | null>, boolean] {
  const place = useRef<T>(null);
  const [isSeen, setIsSeen] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (!element || isSeen) return undefined;
    const watch = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && setIsSeen(true),
      { rootMargin: AHEAD },
    );
    watch.observe(element);
    return () => watch.disconnect();
  }, [isSeen]);
  return [place, isSeen];
}
