// Whether a part of the page has come into sight: what costs the server seconds is asked for then.
import { useEffect, useState } from "preact/hooks";

/** A little ahead of the edge of the window, so that it is often there when it is looked at. */
const AHEAD = "200px";

/** A ref for the part, which may be put into the page later than this is called; whether it was seen. */
export function useSight(): [(element: Element | null) => void, boolean] {
  const [place, setPlace] = useState<Element | null>(null);
  const [isSeen, setIsSeen] = useState(false);
  useEffect(() => {
    if (!place || isSeen) return undefined;
    const watch = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && setIsSeen(true),
      { rootMargin: AHEAD },
    );
    watch.observe(place);
    return () => watch.disconnect();
  }, [place, isSeen]);
  return [setPlace, isSeen];
}
