// Pages that are loaded when they are first shown.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "./words";

export type { ComponentType };

export function lazy<P extends object>(
  load: () => Promise<{ default: ComponentType<P> }>,
): ComponentType<P> {
  let Loaded: ComponentType<P> | null = null;
  return function Lazy(props: P) {
    const [, setIsLoaded] = useState(false);
    useEffect(() => {
      if (Loaded) return;
      load().then((module) => {
        Loaded = module.default;
        setIsLoaded(true);
      });
    }, []);
    return Loaded ? <Loaded {...props} /> : <p class="soft">{t("app.loading")}</p>;
  };
}
